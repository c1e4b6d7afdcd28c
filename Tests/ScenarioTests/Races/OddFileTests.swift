import Foundation
import Testing

/// What is neither a file nor a directory, or leads where it should not.
@Suite("Odd files") struct OddFileTests {
  /// What lies in the place of something, and what is told of it; nil where it will do.
  struct Oddity: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Shell that makes it.
    let make: String
    let told: String?

    init(_ description: String, make: String, told: String?) {
      testDescription = description
      self.make = make
      self.told = told
    }
  }

  private static let socket =
    "python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'"

  static let inputs = [
    Oddity("a pipe", make: "mkfifo in", told: "'in' is neither a file nor a directory"),
    Oddity("a socket", make: "\(socket) in", told: "'in' is neither a file nor a directory"),
    Oddity(
      "a link to a device", make: "ln -s /dev/zero in",
      told: "'in' is neither a file nor a directory"),
    Oddity(
      "a link to nowhere", make: "ln -s gone in", told: "'in' is a link that leads nowhere"),
    Oddity(
      "links in a circle", make: "ln -s other in; ln -s in other",
      told: "'in' is a link that leads back to itself"),
    Oddity(
      "links to links to a file outside",
      make: "write ../home/x 1; ln -s ../home/x a; ln -s a b; ln -s b in", told: nil),
  ]

  @Test("As an input it is refused at its place, before anything executes", arguments: inputs)
  func input(_ oddity: Oddity) async throws {
    let refused = oddity.told.map { fact in
      """
      pipeline.yaml:5:14: error: \(fact) [unreadable-input]
          5 |     inputs: [in]
            |              ^^
       hint: …
      error: 1 mistake in pipeline.yaml; nothing was executed
      """
    }
    let incident = Incident(
      oddity.testDescription,
      steps: """
        work:
          run: echo done > o.txt
          inputs: [in]
          outputs: [o.txt]
        """,
      script: "\(oddity.make); pipewright run; echo $?; ls o.txt 2> missing",
      expected: refused.map { "\($0)\n2\n[exit 2]" } ?? """
        ran       work  first run
        1 ran, experiment NAME-1
        0
        o.txt
        """)
    try await incident.check()
  }

  static let entries = [
    Oddity("a pipe", make: "mkfifo in/x", told: "'in/x' is neither a file nor a directory"),
    Oddity(
      "a link to the directory itself", make: "ln -s . in/x",
      told: "'in/x' is a link that leads back to itself"),
    Oddity(
      "a link to one above", make: "mkdir in/a; ln -s ../.. in/a/x",
      told: "'in/a/x/in' is a link that leads back to itself"),
    Oddity(
      "a link to nowhere", make: "ln -s gone in/x", told: "'in/x' is a link that leads nowhere"),
    Oddity(
      "the same file by two links", make: "ln -s a in/x; write in/a 1; ln in/a in/y", told: nil),
  ]

  @Test("In a directory that is read it fails the step, without an execution", arguments: entries)
  func entry(_ oddity: Oddity) async throws {
    let refused = oddity.told.map { fact in
      """
      failed    work  \(fact)
          hint: …
      1 failed, experiment NAME-1
      error: step 'work' failed
      1
      [exit 2]
      """
    }
    let incident = Incident(
      oddity.testDescription,
      steps: """
        work:
          run: echo done > o.txt
          inputs: [in]
          outputs: [o.txt]
        """,
      script: "mkdir in; \(oddity.make); pipewright run; echo $?; ls o.txt 2> missing",
      expected: refused ?? "ran       work  first run\n1 ran, experiment NAME-1\n0\no.txt")
    try await incident.check()
  }

  static let outputs = [
    Oddity("a pipe", make: "mkfifo out", told: "'out' is neither a file nor a directory"),
    Oddity(
      "a pipe in a directory", make: "mkdir out; mkfifo out/x",
      told: "'out/x' is neither a file nor a directory"),
    Oddity("a socket", make: "\(socket) out", told: "'out' is neither a file nor a directory"),
    Oddity(
      "a link", make: "ln -s pipeline.yaml out",
      told: "'out' is a link; an output is a file or a directory"),
    Oddity(
      "a link to what lies outside", make: "mkdir out; ln -s ../pipeline.yaml out/x",
      told: "'out/x' links to '../pipeline.yaml', which is not inside the output directory"),
    Oddity(
      "a link from the root", make: "mkdir out; ln -s /etc/hostname out/x",
      told: "'out/x' links to '/etc/hostname', which is not inside the output directory"),
    Oddity(
      "a link that comes back by its own name", make: "mkdir out; ln -s ../out/y out/x",
      told: "'out/x' links to '../out/y', which is not inside the output directory"),
  ]

  @Test("As an output it fails its step, and nothing is left in the place", arguments: outputs)
  func output(_ oddity: Oddity) async throws {
    let incident = Incident(
      oddity.testDescription,
      steps: "work:\n  run: sh work.sh\n  outputs: [out]",
      script: """
        cat > work.sh << 'END'
        \(oddity.make)
        END
        pipewright run; echo $?; ls; pipewright status --check
        """,
      expected: """
        failed    work  what it wrote cannot be kept: \(oddity.told ?? "")
            log: .pipeline/logs/RUN/work.log
        1 failed, experiment NAME-1
        error: step 'work' failed; log: .pipeline/logs/RUN/work.log
        1
        pipeline.yaml
        work.sh
        stale      work
                     has never succeeded

        1 step: 1 stale
        [exit 3]
        """)
    try await incident.check()
  }

  @Test("Links inside an output come back as they were, wherever in it they lead")
  func linksInside() async throws {
    let incident = Incident(
      "links inside",
      steps: """
        work:
          run: |
            mkdir -p out/a/b; echo 1 > out/a/f
            cd out; ln -s a/f file; ln -s a dir; ln -s ../f a/b/up; ln -s nowhere none; ln -s me me
          outputs: [out]
        """,
      script: """
        pipewright run; delete out; pipewright run
        for link in file dir a/b/up none me; do readlink out/$link; done; pipewright run
        """,
      expected: """
        ran       work  first run
        1 ran, experiment NAME-1
        restored  work  output out is missing
        1 restored, experiment NAME-2
        a/f
        a
        ../f
        nowhere
        me
        kept      work
        1 kept
        """)
    try await incident.check()
  }

  @Test("Of modes only that of executing is kept: nothing comes back with the rights of another")
  func modes() async throws {
    let incident = Incident(
      "special modes",
      steps: """
        work:
          run: |
            mkdir out; cd out; for name in a b c; do echo $name > $name; done
            chmod 6755 a; chmod 1644 b; chmod 2666 c; chmod 3777 .
          outputs: [out]
        """,
      script: """
        umask 022; pipewright run; pipewright run; delete out; pipewright run
        ls -ld out out/* | cut -c 1-10; pipewright run
        """,
      expected: """
        ran       work  first run
        1 ran, experiment NAME-1
        kept      work
        1 kept
        restored  work  output out is missing
        1 restored, experiment NAME-2
        drwxr-xr-x
        -rwxr-xr-x
        -rw-r--r--
        -rw-r--r--
        kept      work
        1 kept
        """)
    try await incident.check()
  }
}
