import Foundation
import Testing

/// Steps that do not end as they should, and what they leave.
@Suite("Endings of steps") struct StepEndingTests {
  static let incidents = [
    Incident(
      "a child that keeps the output open",
      steps: """
        work:
          run: sleep 4261 & echo 1 > o.txt
          outputs: [o.txt]
        """,
      script: "pipewright run; pgrep -fx 'sleep 4261'; pipewright run",
      expected: """
        ran       work  first run
        warning: step 'work': ended 1 background process that it left
        1 ran, experiment NAME-1
        kept      work
        1 kept
        """),
    Incident(
      "one that takes no notice of being asked to end",
      steps: """
        work:
          run: |
            trap '' TERM
            echo half > o.txt; sleep 4263; sleep 4263
          outputs: [o.txt]
          timeout: 300ms
        """,
      script: "pipewright run --grace 300ms; pgrep -fx 'sleep 4263'; ls",
      expected: """
        failed    work  it took longer than its timeout of 0.3 s
            log: .pipeline/logs/RUN/work.log
            hint: raise 'timeout'
        1 failed, experiment NAME-1
        error: step 'work' failed; log: .pipeline/logs/RUN/work.log
        pipeline.yaml
        """),
    Incident(
      "Ctrl-C twice",
      steps: """
        work:
          run: |
            sh -c 'trap "touch asked; exit" TERM; touch ready; sleep 4265 & wait' &
            trap '' TERM
            until test -e ready; do sleep 0.02; done
            echo half > o.txt; touch started; sleep 4264; sleep 4264
          outputs: [o.txt]
        """,
      script: """
        start run pipewright run --grace 1h; await test -e started; send INT run
        await test -e asked; pgrep -fx 'sleep 4264' | wc -l | tr -d ' '
        send INT run; finish run; pgrep -fx 'sleep 4264'; ls
        """,
      expected: """
        1
        cancelled work
        1 cancelled, experiment NAME-1
        error: stopped: 1 cancelled
        asked
        pipeline.yaml
        ready
        started
        """),
    Incident(
      "one that waits for an answer",
      steps: """
        work:
          run: |
            if read answer; then echo "got $answer"; else echo nobody answers; fi
            test -t 0 || test -t 1 || (exec < /dev/tty) 2> no || echo no terminal
          outputs: [no]
        """,
      script: """
        echo yes | pipewright run
        # The same where the tool itself has a terminal.
        python3 -c 'import pty; pty.spawn(["pipewright", "run", "--force", "work"])' < /dev/null |
          grep -c 'nobody answers\\|no terminal'
        """,
      expected: """
        work | nobody answers
        work | no terminal
        ran       work  first run
        1 ran, experiment NAME-1
        2
        """),
    Incident(
      "ended by a signal, not found, not to be executed",
      steps: """
        killed:
          run: kill -SEGV $$
        missing:
          run: [no-such-program]
        text:
          run: [./text]
        """,
      script: "write text word; chmod +x text; pipewright run --keep-going --jobs 1; echo $?",
      expected: """
        failed    killed   it was ended by signal 11
            log: .pipeline/logs/RUN/killed.log
        failed    missing  it could not be started: cannot start 'no-such-program': no …
            log: .pipeline/logs/RUN/missing.log
        failed    text     it could not be started: cannot start './text': Exec format error
            log: .pipeline/logs/RUN/text.log
            hint: let its first line name an interpreter, as '#!/bin/sh' does
        3 failed, experiment NAME-1
        error: steps 'killed', 'missing', 'text' failed; log: .pipeline/logs/RUN/killed.log
        1
        """),
  ]

  @Test("All that belongs to a step ends with it", arguments: incidents)
  func ended(_ incident: Incident) async throws { try await incident.check() }

  #if os(Linux)
    @Test(
      "A child in a session of its own is ended with its step, each time, and no other is told of")
    func sessions() async throws {
      let incident = Incident(
        "sessions",
        steps: """
            work:
              run: setsid sleep 4262 & sleep 0.1; echo 1 > o.txt
              outputs: [o.txt]
            late:
              run: setsid sleep 4262 & sleep 4262
              timeout: 200ms
          """,
        script: """
          for i in 1 2 3; do pipewright run --force work | grep warning; done
          pipewright run late > said; pgrep -fx 'sleep 4262'
          """,
        expected: """
          warning: step 'work': ended 1 background process that it left
          warning: step 'work': ended 1 background process that it left
          warning: step 'work': ended 1 background process that it left
          error: step 'late' failed; log: .pipeline/logs/RUN/late.log
          [exit 1]
          """)
      try await incident.check()
    }
  #endif
}
