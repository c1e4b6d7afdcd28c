import Foundation
import Testing

/// What steps print: too much of it, what is no text, and to somebody who does not read.
@Suite("Floods") struct FloodTests {
  /// Calls the tool and says how many megabytes it held at most.
  private static let measure = """
    import resource, subprocess, sys
    code = subprocess.call(sys.argv[1:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    megabytes = peak >> (20 if sys.platform == "darwin" else 10)
    print(code, "bounded" if megabytes < 100 else f"{megabytes} MB", file=sys.stderr)
    """

  @Test("However much a step prints, and though nobody reads, little is held and the log has all")
  func bounded() async throws {
    let incident = Incident(
      "a flood",
      steps: """
        flood:
          run: |
            yes "some words on a line" | head -c 40000000
            yes "others" | head -c 40000000 >&2
            echo done > o.txt
          outputs: [o.txt]
          shell: bash
        """,
      // `yes` ends by a signal where `head` has enough, which bash would take for a failure.
      script: """
        edit pipeline.yaml 's/^      yes/      set +o pipefail; yes/'
        cat > measure.py << 'END'
        \(FloodTests.measure)
        END
        mkfifo shown
        (exec 3< shown; until test -e o.txt; do sleep 0.05; done; cat <&3 > read) &
        python3 measure.py pipewright run > shown; wait
        ls -l .pipeline/logs/*/flood.log | awk '{ print $5 }'
        grep -c 'not shown, being too many at once; the log has them' read | sed 's/[1-9].*/told/'
        tail -n 2 read
        """,
      expected: """
        0 bounded
        80000000
        told
        ran       flood  first run
        1 ran, experiment NAME-1
        """)
    try await incident.check()
  }

  static let prints = [
    Incident(
      "bytes that are no text",
      steps: #"""
        work:
          run: printf '\377\376\000 \033]0;title\a\033[2J\302\205\342\200\256 end\n'; exit 3
        """#,
      script: #"""
        pipewright run > said; LC_ALL=C tr -dc '\000\033\007\205\256\377' < said | wc -c | tr -d ' '
        grep -c 'work | .* end' said; od -An -to1 .pipeline/logs/*/work.log | tr -s ' '
        """#,
      expected: #"""
        error: step 'work' failed; log: .pipeline/logs/RUN/work.log
        0
        1
         377 376 000 040 033 135 060 073 164 151 164 154 145 007 033 133
         062 112 302 205 342 200 256 040 145 156 144 012
        """#),
    Incident(
      "a line without an end",
      steps: """
        work:
          run: head -c 5000000 /dev/zero | tr '\\0' x; exit 3
          shell: bash
        """,
      script: """
        pipewright run > said; awk 'length($0) > 70000' said | wc -l | tr -d ' '
        ls -l .pipeline/logs/*/work.log | awk '{ print $5 }'; tail -n 1 said
        """,
      expected: """
        error: step 'work' failed; log: .pipeline/logs/RUN/work.log
        0
        5000000
        1 failed, experiment NAME-1
        """),
    Incident(
      "a reader who goes away",
      steps: """
        first:
          run: for i in $(seq 3000); do echo line $i; done; echo 1 > o.txt
          outputs: [o.txt]
        second:
          run: echo loud; echo 2 > p.txt
          inputs: [o.txt]
          outputs: [p.txt]
        """,
      script: """
        pipewright run | head -n 1; echo ${PIPESTATUS[0]}; pipewright run
        mkfifo gone
        for verb in status 'graph --format json' verify 'experiments list'; do
          (exec < gone) & pipewright $verb > gone; echo $?; wait
        done
        """,
      expected: """
        first | line 1
        0
        kept      first
        kept      second
        2 kept
        141
        141
        141
        141
        """),
    Incident(
      "nobody from the start",
      steps: "work:\n  run: echo loud; echo 1 > o.txt\n  outputs: [o.txt]",
      script: """
        pipewright run <&- >&- 2>&-; echo $?; pipewright run --force work >&-; echo $?
        pipewright run; cat o.txt; pipewright verify
        """,
      expected: """
        0
        0
        kept      work
        1 kept
        1
        … all sound
        """),
  ]

  @Test(
    "Whatever a step prints, to whomever, the run goes on and the log has it", arguments: prints)
  func printed(_ incident: Incident) async throws { try await incident.check() }
}
