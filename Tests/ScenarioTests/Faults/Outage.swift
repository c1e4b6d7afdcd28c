#if os(Linux)
  import Foundation
  import Glibc
  import Seeds

  /// A loss of power: a tree becomes what a disk may show after it. What was synced is there; of all
  /// else each name and each piece of content may be there or not.
  ///
  /// A file that was renamed is at its old or its new place: all file systems with a journal keep
  /// that promise.
  struct Outage {
    /// How much of what was not synced is lost.
    enum Kind: String, CaseIterable, Sendable {
      /// All of it.
      case everything
      /// Bytes, but neither names nor sizes nor times.
      case bytes
      /// Names, but no bytes.
      case names
      /// The bytes of what steps have made, and nothing of what the tool keeps.
      case outputs
      /// Each by chance.
      case chance
    }

    /// What was lost, in words.
    private(set) var losses: [String] = []
    private let kind: Kind
    private var random: SplitMix64
    private let tree: URL
    private let now: Listed
    private let durable: Listed
    /// By number: where it is now.
    private var places: [String: String] = [:]
    /// By path: what is there after the outage.
    private var chosen: [String: Listed.Entry] = [:]

    /// - Parameters:
    ///   - shown: the program that writes down what a tree holds.
    ///   - durable: where the library has noted what was synced.
    ///   - folder: for what is needed meanwhile.
    ///   - times: takes the change times that files had, as the library reads them.
    static func strike(
      _ tree: URL, _ kind: Kind, seed: UInt64, shown: URL, durable: URL, in folder: URL,
      times: URL
    ) async throws -> [String] {
      let listing = folder.appending(path: "now")
      try FileManager.default.createDirectory(at: listing, withIntermediateDirectories: true)
      let printed = try await Program(
        [shown.path, tree.path, listing.path], in: folder, environment: [:],
        output: folder.appending(path: "top")
      ).ended(within: 60).output
      let top = printed.trimmingCharacters(in: .whitespacesAndNewlines)
      var outage = Outage(
        kind: kind, random: SplitMix64(seed: seed), tree: tree, now: Listed(folder: listing),
        durable: Listed(folder: durable))
      outage.locate(top, at: "")
      outage.choose(of: top, wasAt: "", at: "")
      outage.keepRenamed(top)
      try outage.apply(through: folder.appending(path: "aside"), times: times)
      return outage.losses
    }

    private init(kind: Kind, random: SplitMix64, tree: URL, now: Listed, durable: Listed) {
      self.kind = kind
      self.random = random
      self.tree = tree
      self.now = now
      self.durable = durable
    }

    // MARK: Choosing

    private mutating func locate(_ directory: String, at path: String) {
      for entry in now.entries(of: directory) {
        let place = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
        places[entry.id] = place
        if entry.kind == "d" { locate(entry.id, at: place) }
      }
    }

    private mutating func staysNow(_ path: String, _ isName: Bool) -> Bool {
      switch kind {
      case .everything: false
      case .bytes: isName
      case .names: !isName
      case .outputs: isName || path.hasPrefix(".pipeline/")
      case .chance: random.oneIn(2)
      }
    }

    private mutating func choose(of directory: String, wasAt old: String?, at path: String) {
      let present = Dictionary(
        (old == nil ? [] : now.entries(of: directory)).map { ($0.name, $0) }
      ) { $1 }
      let synced = Dictionary(durable.entries(of: directory).map { ($0.name, $0) }) { $1 }
      for name in Set(present.keys).union(synced.keys).sorted() {
        let place = path.isEmpty ? name : "\(path)/\(name)"
        var entry = present[name]
        if entry?.id != synced[name]?.id, !staysNow(place, true) {
          entry = synced[name]
          losses.append("name '\(place)' is \(entry == nil ? "lost" : "as it was synced")")
        }
        guard let entry else { continue }
        chosen[place] = entry
        if entry.kind == "d" { choose(of: entry.id, wasAt: places[entry.id], at: place) }
      }
    }

    /// What had a name on disk and has another now has one of both.
    private mutating func keepRenamed(_ top: String) {
      var open = [(id: top, path: "")]
      while let (id, path) = open.popLast() {
        for entry in durable.entries(of: id) {
          let place = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
          if entry.kind == "d" { open.append((entry.id, place)) }
          let isNamed = chosen.values.contains { $0.id == entry.id }
          let hasFolder = path.isEmpty || chosen[path]?.kind == "d"
          guard entry.kind != "d", places[entry.id] != nil, !isNamed, hasFolder else { continue }
          chosen[place] = entry
          losses.append("'\(place)' is not renamed")
        }
      }
    }

    /// What a file holds after the outage.
    private mutating func content(of id: String, at place: String) -> [UInt8] {
      let synced = durable.content(of: id) ?? []
      guard let present = now.content(of: id), present != synced else { return synced }
      if kind == .names { return present }
      if kind == .everything { return synced }
      let isLong = kind != .chance || random.oneIn(2)
      var bytes = isLong ? present : Array(present.prefix(synced.count))
      for start in stride(from: 0, to: bytes.count, by: 512) {
        let sector = start..<min(start + 512, bytes.count)
        if staysNow(place, false) { continue }
        for index in sector { bytes[index] = index < synced.count ? synced[index] : 0 }
      }
      return bytes
    }

    // MARK: Doing

    /// Moves all there is aside, and makes of it what was chosen.
    private mutating func apply(through aside: URL, times: URL) throws {
      var status: [String: stat] = [:]
      try FileManager.default.createDirectory(at: aside, withIntermediateDirectories: true)
      // What lies deep comes first, so that directories are empty when they are moved.
      for (id, place) in places.sorted(by: { $0.value.count > $1.value.count }) {
        status[id] = try Outage.status(of: path(place))
        guard rename(path(place), aside.appending(path: id).path) == 0 else { throw failure }
      }
      for (place, entry) in chosen.sorted(by: { $0.key < $1.key }) {
        try make(entry, at: place, from: aside.appending(path: entry.id).path)
      }
      try FileManager.default.removeItem(at: aside)
      var lines = ""
      for (place, entry) in chosen.sorted(by: { $0.key > $1.key }) {
        guard let old = status[entry.id] else { continue }
        let path = path(place)
        let times = [old.st_atim, old.st_mtim]
        utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
        let new = try Outage.status(of: path).st_ctim
        let was = old.st_ctim
        lines += "\(old.st_ino) \(new.tv_sec) \(new.tv_nsec) \(was.tv_sec) \(was.tv_nsec)\n"
      }
      try Data(lines.utf8).write(to: times)
    }

    private mutating func make(_ entry: Listed.Entry, at place: String, from old: String) throws {
      let path = path(place)
      let isThere = rename(old, path) == 0
      if entry.kind == "d" {
        if !isThere, mkdir(path, 0o755) != 0 { throw failure }
        return
      }
      if entry.kind == "l" {
        let target = String(decoding: durable.content(of: entry.id) ?? [], as: UTF8.self)
        if !isThere, symlink(target, path) != 0 { throw failure }
        return
      }
      guard entry.kind == "f" else { return }
      let content = content(of: entry.id, at: place)
      if isThere, content == now.content(of: entry.id) { return }
      losses.append("'\(place)' has other bytes")
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      guard file >= 0 else { throw failure }
      defer { close(file) }
      guard write(file, content, content.count) == content.count else { throw failure }
      if !isThere, let (mode, time) = durable.modeAndTime(of: entry.id) {
        fchmod(file, mode)
        futimens(file, [time, time])
      }
    }

    private func path(_ place: String) -> String { tree.appending(path: place).path }

    private var failure: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

    private static func status(of path: String) throws -> stat {
      var status = stat()
      guard lstat(path, &status) == 0 else { throw POSIXError(.ENOENT) }
      return status
    }
  }

  /// What `durable.h` has written down.
  struct Listed {
    /// One name in a directory.
    struct Entry: Equatable {
      /// `d` for a directory, `f` for a file, `l` for a link.
      let kind: String
      let id: String
      let name: String
    }

    let folder: URL

    func entries(of id: String) -> [Entry] {
      String(decoding: bytes("e\(id)") ?? [], as: UTF8.self).split(separator: "\n").compactMap {
        let parts = $0.split(separator: " ", maxSplits: 2).map(String.init)
        return parts.count == 3 ? Entry(kind: parts[0], id: parts[1], name: parts[2]) : nil
      }
    }

    func content(of id: String) -> [UInt8]? { bytes("c\(id)") }

    func modeAndTime(of id: String) -> (mode_t, timespec)? {
      let parts = String(decoding: bytes("m\(id)") ?? [], as: UTF8.self).split(separator: " ")
      guard parts.count == 3, let mode = mode_t(parts[0], radix: 8), let seconds = Int(parts[1]),
        let nanoseconds = Int(parts[2])
      else { return nil }
      return (mode, timespec(tv_sec: seconds, tv_nsec: nanoseconds))
    }

    private func bytes(_ name: String) -> [UInt8]? {
      FileManager.default.contents(atPath: folder.appending(path: name).path).map { Array($0) }
    }
  }
#endif
