#if os(Linux)
  import Foundation

  /// Small libraries in C that stand between the tool and the C library, and what goes with them.
  enum Preloaded {
    /// Lets the tool end in the middle, and its calls fail.
    static let faults = compiled("Faults/faults.c")
    /// Lets all files have times of whole seconds.
    static let wholeSeconds = compiled("Races/seconds.c")

    /// Not a library but a program: writes down what a tree holds.
    static let shown = compiled("Faults/shown.c", ["-O1"])

    /// Nil where there is no compiler for C.
    private static func compiled(
      _ source: String, _ words: [String] = ["-O1", "-shared", "-fPIC"]
    ) -> URL? {
      let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: source)
      let name = source.deletingPathExtension().lastPathComponent
      let made = FileManager.default.temporaryDirectory
        .appending(path: "pipewright-\(name)-\(ProcessInfo.processInfo.processIdentifier).so")
      let compiler = Process()
      compiler.executableURL = URL(filePath: "/usr/bin/env")
      compiler.arguments = ["clang"] + words + ["-o", made.path, source.path, "-ldl"]
      guard (try? compiler.run()) != nil else { return nil }
      compiler.waitUntilExit()
      return compiler.terminationStatus == 0 ? made : nil
    }
  }
#endif
