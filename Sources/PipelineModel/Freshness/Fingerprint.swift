/// All that determines a step's outputs, in one fixed order.
///
/// The key, the comparison and the explanation read the same fields, so what decides and what
/// explains cannot differ. Absolute paths, times, attempts, resources, names of steps and
/// secrets are not among them.
package struct Fingerprint: Sendable, Equatable {
  /// Part of every key: raised when the meaning of a field changes.
  package static let format = "1"

  package let fields: [Field]

  package init(_ fields: [Field]) {
    self.fields = fields
  }

  /// The digest of all fields, each framed by its length.
  package var key: ActionKey {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(fields.count * 192)
    func add(_ part: String, after mark: String = "") {
      let count = UInt64(mark.utf8.count + part.utf8.count)
      withUnsafeBytes(of: count.littleEndian) { bytes.append(contentsOf: $0) }
      bytes += mark.utf8
      bytes += part.utf8
    }
    for field in fields {
      bytes.append(field.kind.rank)
      add(field.name)
      // No path is not the same as the workspace's, which is empty.
      if let path = field.path { add(path, after: "=") } else { add("") }
      add(field.value)
    }
    return ActionKey(digest: SHA256.digest(bytes))
  }
}

/// The digest of a fingerprint.
package struct ActionKey: Hashable, Sendable {
  package let digest: Digest

  package init(digest: Digest) {
    self.digest = digest
  }
}

/// One field of a fingerprint.
package struct Field: Sendable, Hashable {
  /// In the order in which fields stand in a fingerprint and reasons in an explanation.
  package enum Kind: String, Sendable, CaseIterable {
    case format
    case command
    case shell
    case directory
    case stepName = "step-name"
    case source
    case component
    case variable
    case tool
    case parameter
    case matrix
    case input
    case output
    case platform

    fileprivate var rank: UInt8 {
      UInt8(Kind.inOrder.firstIndex(of: self) ?? Kind.inOrder.count)
    }

    private static let inOrder = allCases
  }

  package let kind: Kind
  /// What the field is about: a parameter's or an input's name, a source's path; else empty.
  package let name: String
  /// Where an input lies or an output goes, as the manifest writes it.
  package let path: String?
  /// A digest, or the text itself.
  package let value: String

  package init(_ kind: Kind, _ name: String = "", path: String? = nil, value: String) {
    self.kind = kind
    self.name = name
    self.path = path
    self.value = value
  }

  /// What makes it the same field in another fingerprint. An element of a list is known by its
  /// path, since a list may gain and lose elements.
  fileprivate var identity: [[UInt8]] {
    let isElement = name.utf8.reversed().starts(with: Field.elementMark.utf8.reversed())
    return [Array(kind.rawValue.utf8), Array(name.utf8), isElement ? Array((path ?? "").utf8) : []]
  }

  /// By bytes, as the key sees it: `String` would merge names that only look alike.
  package static func == (a: Field, b: Field) -> Bool {
    a.kind == b.kind && a.name.hasBytes(of: b.name) && a.value.hasBytes(of: b.value)
      && (a.path == nil) == (b.path == nil) && (a.path ?? "").hasBytes(of: b.path ?? "")
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(value)
  }

  /// Ends the name of an input that is one of a list.
  package static let elementMark = "[]"
}

extension Fingerprint {
  /// How this fingerprint differs from an earlier one of the same step, in the order of the
  /// fields; empty iff their keys are equal.
  package func changes(since old: Fingerprint) -> [Reason] {
    if fields == old.fields { return [] }
    let before = Dictionary(old.fields.map { ($0.identity, $0) }, uniquingKeysWith: { $1 })
    let now = Set(fields.map(\.identity))
    var reasons: [Reason] = []
    for kind in Field.Kind.allCases {
      for field in fields where field.kind == kind {
        guard let earlier = before[field.identity] else {
          reasons.append(.added(field))
          continue
        }
        if earlier != field { reasons.append(.changed(from: earlier, to: field)) }
      }
      for field in old.fields where field.kind == kind && !now.contains(field.identity) {
        reasons.append(.removed(field))
      }
    }
    return reasons.isEmpty ? reordering(since: old) : reasons
  }

  /// The first place at which the same fields stand in another order: that of a list counts.
  private func reordering(since old: Fingerprint) -> [Reason] {
    if let (field, earlier) = zip(fields, old.fields).first(where: { $0 != $1 }) {
      return [.changed(from: earlier, to: field)]
    }
    // The same element stands once more, or once less, at the end.
    return fields.dropFirst(old.fields.count).map { .added($0) }
      + old.fields.dropFirst(fields.count).map { .removed($0) }
  }
}

extension String {
  fileprivate func hasBytes(of other: String) -> Bool {
    let answer = utf8.withContiguousStorageIfAvailable { bytes in
      other.utf8.withContiguousStorageIfAvailable {
        $0.count == bytes.count && $0.elementsEqual(bytes)
      }
    }
    return (answer ?? nil) ?? utf8.elementsEqual(other.utf8)
  }
}
