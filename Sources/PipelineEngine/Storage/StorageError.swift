import PipelineModel

/// What the workspace or the store holds that cannot be taken as it is.
package enum StorageError: Error, Equatable {
  /// Somebody wrote to the file while it was read.
  case changedWhileRead(Path)
  /// A symbolic link that leads nowhere.
  case danglingLink(Path)
  /// A symbolic link that leads back to where it is reached from.
  case linkLoop(Path)
  /// A pipe, socket or device.
  case notAFile(Path)
  /// An output that is a symbolic link.
  case outputIsLink(Path)
  /// An output whose parent `link` is a symbolic link that leads into no `outside` directory.
  case linkedParent(Path, link: Path)
  /// A link in an output directory that is absolute or leaves the directory.
  case escapingLink(Path, target: [UInt8])
  /// A path of an output that is not inside the workspace.
  case notInside(Path)
  /// An output that should be there.
  case missingOutput(Path)
  /// An object whose bytes are not those of its name; it has been set aside.
  case damaged(Digest)
  /// An object that the store does not have.
  case missing(Digest)
}

extension StorageError: CustomStringConvertible {
  /// One line without a full stop.
  package var description: String {
    switch self {
    case .changedWhileRead(let path): "'\(path)' was changed while it was read"
    case .danglingLink(let path): "'\(path)' is a link that leads nowhere"
    case .linkLoop(let path): "'\(path)' is a link that leads back to itself"
    case .notAFile(let path): "'\(path)' is neither a file nor a directory"
    case .outputIsLink(let path): "'\(path)' is a link; an output is a file or a directory"
    case .linkedParent(let path, let link):
      "the way to '\(path)' goes through the link '\(link)', which no 'outside' directory allows"
    case .escapingLink(let path, let target):
      "'\(path)' links to '\(Path.text(target))', which is not inside the output directory"
    case .notInside(let path): "'\(path)' is not inside the workspace"
    case .missingOutput(let path): "'\(path)' does not exist"
    case .damaged(let digest): "the store's object \(digest) was damaged"
    case .missing(let digest): "the store has no object \(digest)"
    }
  }

  /// Whether the store, not the workspace, is at fault: a step can be executed instead.
  package var isStoreFault: Bool {
    switch self {
    case .damaged, .missing: true
    case .changedWhileRead, .danglingLink, .linkLoop, .notAFile, .outputIsLink, .linkedParent,
      .escapingLink, .notInside, .missingOutput:
      false
    }
  }

  /// Whether something lies at an output's place that no step may write there.
  var isOfForeignOutput: Bool {
    switch self {
    case .notAFile, .outputIsLink, .escapingLink: true
    case .changedWhileRead, .danglingLink, .linkLoop, .linkedParent, .notInside, .missingOutput,
      .damaged, .missing:
      false
    }
  }

  /// What the user can do about it.
  package var hint: String? {
    switch self {
    case .changedWhileRead: "let no other program write to it meanwhile, then run again"
    case .danglingLink, .linkLoop: "remove the link or let it lead to a file"
    case .notAFile: "name a file or a directory"
    case .outputIsLink: "let the step write the file itself"
    case .linkedParent: "list where the link leads under 'outside:'"
    case .escapingLink: "use relative links that stay inside, or copy the file"
    case .notInside, .missingOutput, .damaged, .missing: nil
    }
  }
}

extension Path {
  /// Bytes as people read them.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }

  /// What remains of a path below `directory`.
  func below(_ directory: Path) -> Path {
    if directory.isHere { return self }
    let start = directory.bytes.count + (directory.name.isEmpty ? 0 : 1)
    return Path(bytes.dropFirst(start))
  }

  /// The directories on the way to this path, the outermost first; not the workspace or root.
  var parents: [Path] {
    var found: [Path] = []
    var reached = Path(isAbsolute ? "/" : "")
    for component in components.dropLast() {
      reached = reached.entry(component)
      found.append(reached)
    }
    return found
  }
}
