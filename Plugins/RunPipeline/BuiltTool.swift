import Foundation
import PackagePlugin

/// The executable of the last build of `pipewright`, and the stamps of all that it was built of.
///
/// SwiftPM takes most of a second to say that a product is built. It need not be asked while every
/// source, every manifest and the toolchain have the stamps that they had before that build, and
/// the executable has the one that it had after it.
struct BuiltTool {
  private let record: URL
  private let ingredients: String
  /// False where a file may change again without another stamp, or was not looked at.
  private let isSettled: Bool

  /// - Parameter work: the plugin's own directory, one for each scratch path of SwiftPM.
  init(of root: Package, swift: URL?, in work: URL) {
    var stamps = Stamps()
    stamps.add(swift?.resolvingSymlinksInPath().path ?? "")
    for package in everyPackage(of: root) {
      let directory = package.directoryURL.path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      for name in names.sorted() where name.hasPrefix("Package") {
        stamps.add("\(directory)/\(name)")
      }
      for product in package.products where product.name == "pipewright" {
        for target in closure(of: product.targets) {
          stamps.addAll(below: target.directoryURL.path)
        }
      }
    }
    record = work.appendingPathComponent("built.txt")
    ingredients = stamps.lines.joined(separator: "\n")
    isSettled = stamps.areSettled
  }

  /// The path of the executable, if building it again would make the same one.
  var executable: String? {
    guard let kept = try? String(contentsOf: record, encoding: .utf8),
      let path = kept.split(separator: "\n", maxSplits: 1).first.map(String.init),
      kept == text(path)
    else { return nil }
    return path
  }

  /// Records that this executable was built of what was there before.
  func keep(_ executable: String) throws {
    guard isSettled else { return try Data().write(to: record) }
    try Data(text(executable).utf8).write(to: record, options: .atomic)
  }

  private func text(_ executable: String) -> String {
    var stamps = Stamps()
    stamps.add(executable)
    return ([executable] + stamps.lines + [ingredients]).joined(separator: "\n")
  }
}

/// What the file system says of files, a line for each.
private struct Stamps {
  private(set) var lines: [String] = []
  private(set) var areSettled = true
  /// A file system may give two changes one time, if they are that near to each other.
  private let settledBefore = time(nil) - 2

  mutating func add(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return lines.append("none \(path)") }
    append(status, path)
    if status.st_mode & S_IFMT == S_IFLNK {
      // What is in a directory behind a link is not looked at.
      guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
        areSettled = false
        return
      }
      append(status, path)
    }
  }

  mutating func addAll(below directory: String) {
    add(directory)
    let names = FileManager.default.enumerator(atPath: directory)?.allObjects ?? []
    for name in names.compactMap({ $0 as? String }).sorted() { add("\(directory)/\(name)") }
  }

  private mutating func append(_ status: stat, _ path: String) {
    #if canImport(Darwin)
      let (changed, modified) = (status.st_ctimespec, status.st_mtimespec)
    #else
      let (changed, modified) = (status.st_ctim, status.st_mtim)
    #endif
    if max(changed.tv_sec, modified.tv_sec) >= settledBefore { areSettled = false }
    lines.append(
      "\(status.st_size) \(status.st_ino) \(status.st_mode) \(changed.tv_sec).\(changed.tv_nsec) "
        + "\(modified.tv_sec).\(modified.tv_nsec) \(path)")
  }
}

/// These targets and all that they depend on.
private func closure(of targets: [any Target]) -> [any Target] {
  var (found, seen): ([any Target], Set<Target.ID>) = ([], [])
  var next = targets
  while let target = next.popLast() {
    guard seen.insert(target.id).inserted else { continue }
    found.append(target)
    next += target.directTargets
  }
  return found
}
