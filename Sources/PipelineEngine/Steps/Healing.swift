import PipelineModel

extension MachineWorld {
  /// Puts outputs back into the store that it has lost and the workspace still has.
  ///
  /// - Returns: their paths, sorted.
  package func returnLostOutputs() throws -> [Path] {
    var returned: [Path] = []
    for key in currentKeys.sorted(by: { $0.digest < $1.digest }) {
      guard let result = try store.result(for: key) else { continue }
      for output in result.outputs where output.isStored {
        guard try !store.contains(output.content),
          try presence(ofOutput: output.path).content == output.content
        else { continue }
        _ = try store.deposit([output.path], from: contents)
        returned.append(output.path)
      }
    }
    return returned.sorted()
  }

  /// Sets aside the results that name what neither store nor workspace has: they can answer for
  /// nothing any more, so their steps execute when they are next needed.
  package func dropUnusableResults() throws {
    for key in try store.keys() {
      guard let result = try store.result(for: key) else { continue }
      let isWhole = try store.objects(of: result).allSatisfy {
        try store.objects.exists(Store.place(of: $0))
      }
      if isWhole { continue }
      try store.setAside(
        Store.resultPlace(of: key), "names an object that is gone",
        action: "set aside; step '\(result.step)' executes again")
    }
  }
}
