/// Which version of which artifact or model is meant: `train.model:v3`,
/// `penguin-classifier@production`.
package struct VersionReference: Hashable, Sendable {
  /// What has the versions.
  package enum Subject: Hashable, Sendable {
    /// `train.model`, `train@seed=1.model`.
    case artifact(StepName, Name)
    /// `fetch:Data/raw.csv`: an output in list form.
    case path(StepName, Path)
    /// `penguin-classifier`, of the registry.
    case model(Name)
  }

  /// Which of the subject's versions.
  package enum Version: Hashable, Sendable {
    case latest
    /// From 1.
    case number(Int)
    /// The one that an alias points to.
    case alias(Name)
  }

  package let subject: Subject
  package let version: Version

  package init(_ subject: Subject, _ version: Version = .latest) {
    self.subject = subject
    self.version = version
  }

  /// The subject as the history records it: `train.model`.
  package var name: String { subject.description }

  /// Whether a name can be an alias: `v3` and `latest` are versions already.
  package static func isAlias(_ name: Name) -> Bool {
    !looksLikeVersion(name.text)
  }

  /// Whether a text means a version, or was meant to: `v3`, `V3`, `3`, `latest`.
  static func looksLikeVersion(_ text: String) -> Bool {
    if text.lowercased() == "latest" { return true }
    let digits = text.first == "v" || text.first == "V" ? text.utf8.dropFirst() : text.utf8[...]
    return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
  }
}

extension VersionReference.Subject: CustomStringConvertible {
  package var description: String {
    switch self {
    case .artifact(let step, let output): "\(step).\(output)"
    case .path(let step, let path): "\(step):\(path)"
    case .model(let name): name.text
    }
  }
}

extension VersionReference: CustomStringConvertible {
  /// What reads back as this reference.
  package var description: String {
    switch version {
    case .latest: endsLikeVersion ? "\(name):latest" : name
    case .number(let number): "\(name):v\(number)"
    case .alias(let alias): "\(name)@\(alias)"
    }
  }

  /// Whether the end of a path would be read as its version.
  private var endsLikeVersion: Bool {
    guard case .path(_, let path) = subject else { return false }
    let last = "\(path)".split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    return VersionReference.looksLikeVersion(String(last))
  }
}
