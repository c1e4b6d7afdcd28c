import CPipelineSystem

extension Machine {
  /// Calls `body` once for each number below `count`, on all processors; returns when all calls
  /// have.
  package static func forEach(below count: Int, _ body: (Int) -> Void) {
    // What the threads call lives as long as this call.
    withoutActuallyEscaping(body) { body in
      var call = body
      withUnsafeMutablePointer(to: &call) { pointer in
        pipeline_for_each(
          count,
          { context, index in
            context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(index))
          }, pointer)
      }
    }
  }
}
