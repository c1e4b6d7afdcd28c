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
    // SwiftPM takes its lock before it reads packages: it may not know of what changed since.
    let scratch = work.appendingPathComponent("../../..").standardizedFileURL
    var stamps = Stamps(readAfter: scratch.appendingPathComponent(".lock").path)
    stamps.add(toolchain: swift)
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
    // How old it is does not matter: it has this stamp after the build.
    var stamps = Stamps(readAfter: executable)
    stamps.add(executable)
    return ([executable] + stamps.lines + [ingredients]).joined(separator: "\n")
  }
}

/// What the file system says of files, a line for each.
private struct Stamps {
  private(set) var lines: [String] = []
  private(set) var areSettled = true
  /// In seconds since 1970.
  private let settledBefore: Int

  /// - Parameter path: of a file that was touched before any of them was read.
  init(readAfter path: String) {
    var status = stat()
    let touched = stat(path, &status) == 0 ? modified(status).tv_sec : 0
    // A file system may give two changes one time, if they are that near to each other.
    settledBefore = min(touched, time(nil)) - 2
  }

  mutating func add(toolchain swift: URL?) {
    guard let swift = swift?.resolvingSymlinksInPath() else {
      areSettled = false
      return
    }
    add(swift.path)
    add(swift.deletingLastPathComponent().appendingPathComponent("swift-frontend").path)
  }

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
    guard let names = FileManager.default.enumerator(atPath: directory)?.allObjects else {
      areSettled = false
      return
    }
    for name in names.compactMap({ $0 as? String }).sorted() { add("\(directory)/\(name)") }
  }

  private mutating func append(_ status: stat, _ path: String) {
    let times = [changed(status), modified(status)]
    if times.contains(where: { $0.tv_sec >= settledBefore }) { areSettled = false }
    let written = times.map { "\($0.tv_sec).\($0.tv_nsec)" }.joined(separator: " ")
    lines.append("\(status.st_size) \(status.st_ino) \(status.st_mode) \(written) \(path)")
  }
}

private func changed(_ status: stat) -> timespec {
  #if canImport(Darwin)
    status.st_ctimespec
  #else
    status.st_ctim
  #endif
}

private func modified(_ status: stat) -> timespec {
  #if canImport(Darwin)
    status.st_mtimespec
  #else
    status.st_mtim
  #endif
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
