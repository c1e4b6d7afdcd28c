import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Files found under other stamps") struct RestampingsTests {
  private static func stamp(_ inode: UInt64) -> Stamp {
    let time = FileTime(seconds: 1, nanoseconds: 1)
    return Stamp(sizeBytes: 1, modified: time, changed: time, inode: inode, device: 1)
  }

  struct Case: CustomTestStringConvertible {
    let testDescription: String
    /// Stamps that are noted before and after the watch begins; whether each is believed.
    let before: [(inode: UInt64, isBelieved: Bool)]
    let after: [(inode: UInt64, isBelieved: Bool)]
    let isTold: Bool
  }

  @Test(
    "A file is told of when it has another stamp than when somebody began to watch",
    arguments: [
      Case(testDescription: "never read", before: [], after: [], isTold: false),
      Case(
        testDescription: "first read meanwhile", before: [], after: [(1, true)], isTold: false),
      Case(
        testDescription: "the same", before: [(1, true)], after: [(1, true)], isTold: false),
      Case(
        testDescription: "other", before: [(1, true)], after: [(2, true)], isTold: true),
      Case(
        testDescription: "other before that", before: [(1, true), (2, true)],
        after: [(2, true)], isTold: false),
      Case(
        testDescription: "other and back", before: [(1, true)],
        after: [(2, true), (1, true)], isTold: true),
      Case(
        testDescription: "not believed, the same", before: [(1, false)],
        after: [(1, true)], isTold: false),
      Case(
        testDescription: "not believed, other", before: [(1, false)],
        after: [(2, true)], isTold: true),
      Case(
        testDescription: "believed only before it was written again",
        before: [(1, true), (2, false)], after: [(2, true)], isTold: false),
      Case(
        testDescription: "never believed, other", before: [(1, false)],
        after: [(2, false)], isTold: true),
    ])
  func told(_ test: Case) {
    var restampings = Restampings()
    var known: Stamp?
    func note(_ seen: (inode: UInt64, isBelieved: Bool)) {
      let stamp = RestampingsTests.stamp(seen.inode)
      restampings.note(stamp, at: "a", before: known, isBelieved: seen.isBelieved)
      known = seen.isBelieved ? stamp : nil
    }
    let another = restampings.begin()
    test.before.forEach(note)
    let start = restampings.begin()
    test.after.forEach(note)
    #expect(restampings.files(since: start) == (test.isTold ? ["a"] : []))
    restampings.end()
    restampings.end()
    #expect(restampings.files(since: another) == [], "nobody watches any more")
  }
  @Test("Directories are told of by themselves, with the time of their change before that")
  func directories() {
    var restampings = Restampings()
    let start = restampings.begin()
    let before = RestampingsTests.stamp(1)
    for inode: UInt64 in [2, 3] {
      restampings.note(
        RestampingsTests.stamp(inode), at: "d", before: before, isBelieved: true,
        isOfDirectory: true)
    }
    #expect(restampings.files(since: start) == [])
    #expect(restampings.directories(since: start).map(\.path) == ["d"])
    #expect(restampings.directories(since: start).map(\.before) == [before.changed])
  }
}
