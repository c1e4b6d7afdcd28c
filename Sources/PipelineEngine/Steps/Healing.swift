import PipelineModel

extension MachineWorld {
  /// Puts back into the store what it has lost and the workspace still has: outputs, logs, metrics.
  ///
  /// - Returns: their paths, sorted.
  package func returnLostFiles() throws -> [Path] {
    try (returnLostOutputs() + returnLostLogs()).sorted()
  }

  private func returnLostOutputs() throws -> [Path] {
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
    return returned
  }

  /// Logs are known by their bytes: which run's they are does not matter.
  private func returnLostLogs() throws -> [Path] {
    var lost: Set<Digest> = []
    for key in try store.keys() {
      guard let result = try store.result(for: key) else { continue }
      for digest in [result.log, result.metrics].compactMap(\.self) where try !isThere(digest) {
        lost.insert(digest)
      }
    }
    // An empty one has no file.
    if lost.remove(SHA256.digest([])) != nil { _ = try store.deposit(bytes: []) }
    var returned: [Path] = []
    let folder = StateDirectory.name.appending("logs")
    guard !lost.isEmpty, try root.status(of: folder)?.kind == .directory else { return [] }
    for run in try root.list(folder) where run.kind == .directory {
      for entry in try root.list(folder.entry(run.name)) where entry.kind == .file {
        let path = folder.entry(run.name).entry(entry.name)
        let digest = try root.openFile(path, followingLinks: false).digest(of: path)
        guard lost.remove(digest) != nil else { continue }
        _ = try store.deposit([path], from: contents)
        returned.append(path)
      }
    }
    return returned
  }

  /// Sets aside the results that name what neither store nor workspace has: they can answer for
  /// nothing any more, so their steps execute when they are next needed.
  ///
  /// Nothing that a step makes depends on its log: without that its result stays.
  package func dropUnusableResults() throws {
    for key in try store.keys() {
      guard let result = try store.result(for: key) else { continue }
      if let log = result.log, try !isThere(log) {
        try store.record(result.withoutLog)
        warnings.add(
          StorageWarning(
            "log of step '\(result.step)'", "is gone", action: "its result stays without it"))
      }
      let isWhole = try store.objects(of: result.withoutLog).allSatisfy(isThere)
      if isWhole { continue }
      try store.setAside(
        Store.resultPlace(of: key), "names an object that is gone",
        action: "set aside; step '\(result.step)' executes again")
    }
  }

  private func isThere(_ digest: Digest) throws -> Bool {
    try store.objects.exists(Store.place(of: digest))
  }
}

extension Result {
  fileprivate var withoutLog: Result {
    Result(
      key: key, step: step, fingerprint: fingerprint, outputs: outputs, log: nil,
      metrics: metrics, workspace: workspace, finished: finished, usage: usage)
  }
}
