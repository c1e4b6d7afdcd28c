import Foundation
import Testing

/// Others who write to what is read or was made.
@Suite("Other writers") struct WriterTests {
  static let late = [
    Incident(
      "a child in the background, after its step",
      steps: """
        work:
          run: echo 1 > o.txt; (sleep 0.3; echo late >> o.txt) > away 2>&1 &
          outputs: [o.txt]
        """,
      script: "pipewright run; sleep 0.5; cat o.txt; pipewright run",
      expected: """
        ran       work  first run
        warning: step 'work': ended … that it left
        1 ran, experiment NAME-1
        1
        kept      work
        1 kept
        """),
    Incident(
      "an open file, after its step",
      steps: """
        work:
          run: echo 1 > o.txt; (sleep 0.3; echo late) >> o.txt &
          outputs: [o.txt]
        """,
      script: "pipewright run; sleep 0.5; cat o.txt; pipewright run",
      expected: """
        ran       work  first run
        warning: step 'work': ended … that it left
        1 ran, experiment NAME-1
        1
        kept      work
        1 kept
        """),
    Incident(
      "an output of a step that goes on",
      steps: """
        work:
          run: echo 1 > o.txt
          outputs: [o.txt]
        next:
          run: echo 2 >> o.txt; cp o.txt p.txt; echo 3 >> o.txt
          inputs: [o.txt]
          outputs: [p.txt]
        """,
      script: "pipewright run; pipewright run work; pipewright status next",
      expected: """
        ran       work  first run
        ran       next  first run
        warning: step 'next': not recorded, since this changed while it worked: input o.txt changed: 4355a46b → …
        2 ran, experiment NAME-1
        restored  work  output o.txt was changed by hand
        warning: step 'work': what was at 'o.txt' is kept for 30 days; to bring it back: mv …
        1 restored, experiment NAME-2
        fresh      work
        stale      next
                     first run

        2 steps: 1 fresh, 1 stale
        """),
    Incident(
      "an input that goes on growing after the step",
      steps: """
        work:
          run: |
            test -e quiet || { (while :; do echo more >> in.txt; sleep 0.01; done) & sleep 0.1; }
            cp in.txt o.txt
          inputs: [in.txt]
          outputs: [o.txt]
        """,
      script:
        """
        write in.txt 1; pipewright run; write quiet
        pipewright run; cmp in.txt o.txt; pipewright run
        """,
      expected: """
        ran       work  first run
        warning: step 'work': ended … that it left
        warning: step 'work': not recorded, since this changed while it worked: input in.txt changed: 4355a46b → …
        1 ran, experiment NAME-1
        ran       work  first run
        1 ran, experiment NAME-2
        kept      work
        1 kept
        """),
  ]

  @Test("What is written late is in no result", arguments: late)
  func written(_ incident: Incident) async throws { try await incident.check() }

  @Test("A file that is written to all the time is never taken for what it was")
  func restless() async throws {
    let incident = Incident(
      "a restless file",
      steps: """
        work:
          run: cp in.bin o.bin
          inputs: [in.bin]
          outputs: [o.bin]
        """,
      script: """
        dd if=/dev/zero of=in.bin bs=1024 count=4096 2> dd
        # In place and at the same size, in the middle of what is being read.
        (while test ! -e enough; do
          printf $RANDOM | dd of=in.bin bs=1 seek=$((RANDOM * 128)) conv=notrunc 2> dd
        done) &
        for i in 1 2 3; do pipewright run > said 2>&1; done
        touch enough; wait
        pipewright run > said 2>&1; cmp in.bin o.bin && pipewright run
        """,
      expected: """
        kept      work
        1 kept
        """)
    try await incident.check()
  }

  @Test("Files that come and go while their directory is listed are no fault of anybody")
  func vanishing() async throws {
    let incident = Incident(
      "vanishing files",
      steps: """
        work:
          run: ls in > o.txt
          inputs: [in]
          outputs: [o.txt]
        """,
      script: """
        for i in 1 2 3 4 5 6 7 8 9; do write in/$i $i; done
        (while test ! -e enough; do
          for i in 1 2 3; do mv in/$i in/x$i; done; for i in 1 2 3; do mv in/x$i in/$i; done
        done) &
        for i in 1 2; do pipewright run > said 2>&1; code=$?; test $code -le 1 || cat said; done
        touch enough; wait
        pipewright run > said 2>&1; ls in | cmp - o.txt && pipewright run
        """,
      expected: """
        kept      work
        1 kept
        """)
    try await incident.check()
  }
}
