import Testing

@testable import PipelineModel

@Suite("Glob") struct GlobTests {
  struct Case: Sendable {
    var pattern: String
    var matches: [String]
    var misses: [String] = []
  }

  static let cases = [
    Case(
      pattern: "a.csv", matches: ["a.csv", "./a.csv"], misses: ["b.csv", "x/a.csv", "a.csv/b"]),
    Case(
      pattern: "Data/*.csv", matches: ["Data/a.csv", "Data/x y.csv"],
      misses: ["Data/.csv", "Data/.a.csv", "Data/x/a.csv", "data/a.csv", "a.csv", "/Data/a.csv"]),
    Case(pattern: "Data/.*", matches: ["Data/.a"], misses: ["Data/a"]),
    Case(pattern: "Data/[.]a", matches: ["Data/.a"], misses: ["Data/a"]),
    Case(pattern: "*a*b*", matches: ["ab", "xaxbx", "aabb", "abab"], misses: ["ba", "a", ""]),
    Case(pattern: "part-?.csv", matches: ["part-1.csv"], misses: ["part-.csv", "part-12.csv"]),
    Case(pattern: "?", matches: ["a"], misses: [".", "ab", ".a"]),
    Case(
      pattern: "r[0-2x].csv", matches: ["r0.csv", "r2.csv", "rx.csv"],
      misses: ["r3.csv", "r-.csv"]),
    Case(pattern: "r[!0-2].csv", matches: ["r3.csv", "r-.csv"], misses: ["r1.csv", "r.csv"]),
    Case(pattern: "r[^a].csv", matches: ["rb.csv"], misses: ["ra.csv"]),
    Case(pattern: "r[]a].csv", matches: ["r].csv", "ra.csv"], misses: ["rb.csv"]),
    Case(pattern: "r[!]a].csv", matches: ["rb.csv"], misses: ["r].csv", "ra.csv", "rba].csv"]),
    Case(pattern: "r[a-].csv", matches: ["ra.csv", "r-.csv"], misses: ["rb.csv"]),
    Case(pattern: "r[z-a].csv", matches: [], misses: ["rz.csv", "rb.csv", "ra.csv"]),
    Case(pattern: "r[a.csv", matches: ["r[a.csv"], misses: ["ra.csv"]),
    Case(
      pattern: "**/x", matches: ["x", "a/x", "a/b/x"], misses: ["x/a", ".a/x", "a/.b/x"]),
    Case(
      pattern: "a/**/b", matches: ["a/b", "a/x/b", "a/x/y/b", "a/b/b"], misses: ["a/b/c", "b"]),
    Case(pattern: "a/**", matches: ["a/b", "a/b/c"], misses: ["b", "a/.b"]),
    Case(pattern: "**/**/x", matches: ["x", "a/x"], misses: ["y"]),
    Case(pattern: "a**", matches: ["a", "abc"], misses: ["ab/c"]),
    Case(pattern: "/tmp/*", matches: ["/tmp/a"], misses: ["tmp/a"]),
    Case(pattern: "../*.csv", matches: ["../a.csv"], misses: ["a.csv"]),
  ]

  @Test("What a pattern matches", arguments: cases)
  func matching(_ c: Case) {
    let glob = Glob(Path(c.pattern))
    for path in c.matches { #expect(glob.matches(Path(path)), "\(path)") }
    for path in c.misses { #expect(!glob.matches(Path(path)), "\(path)") }
  }

  @Test("Whatever it matches lies in its base, and every way to it may match below")
  func base() {
    for c in GlobTests.cases {
      let glob = Glob(Path(c.pattern))
      for path in c.matches.map({ Path($0) }) {
        #expect(glob.base.holds(path) && glob.base != path, "\(c.pattern) \(path)")
        for place in path.ancestors + [path] where glob.base.holds(place) {
          #expect(glob.mayMatchBelow(place), "\(c.pattern) \(place)")
        }
      }
    }
    #expect(Glob("Data/x/*/y/*.csv").base == "Data/x")
    #expect(Glob("*.csv").base == "")
    #expect(Glob("/*").base == "/")
    #expect(!Glob("Data/*.csv").mayMatchBelow("Other"))
    #expect(!Glob("Data/*.csv").mayMatchBelow("Data/a.txt"))
  }

  @Test("A pattern of stars takes no time worth mentioning on what it does not match")
  func backtracking() {
    let glob = Glob(Path(String(repeating: "*a", count: 50) + "b"))
    #expect(!glob.matches(Path(String(repeating: "a", count: 250))))
    let deep = Glob(Path(String(repeating: "**/a/", count: 20) + "b"))
    #expect(!deep.matches(Path(String(repeating: "a/", count: 100) + "c")))
  }

  @Test("What never counts")
  func ignored() {
    let rules = IgnoreRules(["*.tmp", "Data/scratch", "Logs/*"])
    let ignored: [Path] = [
      ".git", "a/.git", ".build", ".build-release", ".pipeline", "a/__pycache__", "x.pyc", ".pyc",
      ".ipynb_checkpoints", "a/.DS_Store", "x~", "a/b.tmp", ".tmp", "Data/scratch", "Logs/a",
    ]
    for path in ignored { #expect(rules.ignores(path), "\(path)") }
    for path in ["a", "git", "build", "x.py", "~x", "scratch", "a/Data/scratch", "Logs"] as [Path] {
      #expect(!rules.ignores(path), "\(path)")
    }
    #expect(!IgnoreRules().ignores("b.tmp"))
  }
}
