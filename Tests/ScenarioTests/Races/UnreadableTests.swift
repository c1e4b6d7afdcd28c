import Foundation
import Testing

/// What may not be read or written. Root may, so the tool is then run as nobody.
@Suite(
  "Unreadable files",
  .enabled(if: canBeNobody, "root needs 'setpriv' to become nobody"))
struct UnreadableTests {
  /// Lets `tool` be the tool for somebody who has no rights but their own.
  private static let prepare =
    getuid() != 0
    ? "tool() { pipewright \"$@\"; }\n"
    : """
    chmod 755 ..; chmod 777 . ../home
    tool() { setpriv --reuid 65534 --regid 65534 --clear-groups pipewright "$@"; }

    """

  static let incidents = [
    Incident(
      "an input",
      steps: "work:\n  run: cp in.txt o.txt\n  inputs: [in.txt]\n  outputs: [o.txt]",
      script: """
        write in.txt 1; chmod 0 in.txt; tool run; echo $?; chmod 644 in.txt; tool run; tool run
        """,
      expected: """
        failed    work  cannot open 'in.txt': Permission denied
            hint: check who owns it and its permissions
        1 failed, experiment NAME-1
        error: step 'work' failed
        5
        ran       work  has never succeeded
        1 ran, experiment NAME-2
        kept      work
        1 kept
        """),
    Incident(
      "a directory in an input",
      steps: "work:\n  run: ls in > o.txt\n  inputs: [in]\n  outputs: [o.txt]",
      script: "write in/sub/x 1; chmod 0 in/sub; tool run; echo $?; chmod 755 in/sub; tool run",
      expected: """
        failed    work  cannot list 'in/sub': Permission denied
            hint: check who owns it and its permissions
        1 failed, experiment NAME-1
        error: step 'work' failed
        5
        ran       work  has never succeeded
        1 ran, experiment NAME-2
        """),
    Incident(
      "an input in a closed directory",
      steps: "work:\n  run: cp in/x o.txt\n  inputs: [in/x]\n  outputs: [o.txt]",
      script: "write in/x 1; tool run; chmod 0 in; tool run; echo $?; chmod 755 in; tool run",
      expected: """
        ran       work  first run
        1 ran, experiment NAME-1
        error: cannot look at 'in/x': Permission denied
         hint: check who owns it and its permissions
        5
        kept      work
        1 kept
        """),
    Incident(
      "code in a closed directory",
      steps: "work:\n  run: [sh, in/work.sh]\n  outputs: [o.txt]",
      script: """
        write in/work.sh 'echo 1 > o.txt'; tool run; chmod 0 in; tool run; echo $?; chmod 755 in
        """,
      expected: """
        ran       work  first run
        1 ran, experiment NAME-1
        error: cannot look at 'in/work.sh': Permission denied
         hint: check who owns it and its permissions
        5
        """),
    Incident(
      "an output",
      steps: "work:\n  run: echo 1 > o.txt; chmod 0 o.txt\n  outputs: [o.txt]",
      script: "tool run; echo $?; ls",
      expected: """
        failed    work  what it wrote cannot be kept: cannot open 'o.txt': Permission denied
            log: .pipeline/logs/RUN/work.log
        1 failed, experiment NAME-1
        error: step 'work' failed; log: .pipeline/logs/RUN/work.log
        1
        pipeline.yaml
        """),
    Incident(
      "the place of an output",
      steps: "work:\n  run: echo 1 > place/o.txt\n  outputs: [place/o.txt]",
      script: """
        tool run; rm place/o.txt; chmod 555 place; tool run; echo $?; chmod 755 place
        """,
      expected: """
        ran       work  first run
        1 ran, experiment NAME-1
        failed    work  cannot write 'place/o.txt': Permission denied
            hint: check who owns it and its permissions
        1 failed, experiment NAME-2
        error: step 'work' failed
        5
        """),
    Incident(
      "the manifest",
      steps: "work:\n  run: echo 1",
      script: "chmod 0 pipeline.yaml; tool run; echo $?; chmod 644 pipeline.yaml",
      expected: """
        error: cannot open 'pipeline.yaml': Permission denied
         hint: check who owns it and its permissions
        5
        """),
  ]

  @Test("It is named, with what to do, and nothing of it is recorded", arguments: incidents)
  func unreadable(_ incident: Incident) async throws {
    let prepared = Incident(
      incident.testDescription, steps: incident.steps,
      script: UnreadableTests.prepare + incident.script, expected: incident.expected)
    try await prepared.check()
  }
}

/// Whether what root may do can be done without.
private let canBeNobody =
  getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
