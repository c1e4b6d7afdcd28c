import Foundation
import Testing

/// Limits that are set for the tool, and those of the system.
@Suite("Limits of processes") struct LimitTests {
  static let incidents = [
    Incident(
      "arguments that are too long",
      steps: """
        long:
          run: ["true", "WORD"]
        short:
          run: echo 1 > o.txt
          outputs: [o.txt]
        script:
          run: "test WORD"
        """,
      script: """
        word=$(printf '%0140000d' 0); manifest=$(cat pipeline.yaml)
        printf '%s\\n' "${manifest//WORD/$word}" > pipeline.yaml
        pipewright run --keep-going --jobs 1; echo $?
        """,
      expected: """
        failed    long    it could not be started: cannot start 'true': Argument list too long
            log: .pipeline/logs/RUN/long.log
            hint: arguments and environment are too long together: use …
        ran       short   first run
        ran       script  first run
        2 ran, 1 failed, experiment NAME-1
        error: step 'long' failed; log: .pipeline/logs/RUN/long.log
        1
        """),
    Incident(
      "few open files",
      steps: """
        work:
          run: mkdir out; for i in $(seq 300); do echo $i > out/$i; done
          outputs: [out]
        """,
      script: """
        (ulimit -n 12; pipewright run; echo $?)
        (ulimit -n 64; pipewright run; echo $?)
        delete out; (ulimit -n 64; pipewright run; echo $?)
        """,
      expected: """
        error: cannot … Too many open files
         hint: too many files are open: raise the limit with 'ulimit -n' or lower '--jobs'
        5
        ran       work  first run
        1 ran, experiment NAME-1
        0
        restored  work  output out is missing
        1 restored, experiment NAME-2
        0
        """),
  ]

  @Test(
    "What cannot be had is told, with what to do; the next run makes good for it",
    arguments: incidents)
  func limited(_ incident: Incident) async throws { try await incident.check() }

  #if os(Linux)
    @Test("Where memory is limited the tool works, or refuses at once; it never waits for ever")
    func memory() async throws {
      let incident = Incident(
        "memory",
        steps: "work:\n  run: echo 1 > o.txt\n  outputs: [o.txt]",
        script: """
          for kilobytes in 90000 100000 110000 120000 140000 160000 200000 230000 500000; do
            rm -rf o.txt .pipeline
            (ulimit -v $kilobytes; timeout 20 pipewright run > said 2>&1; echo $?) > code 2>&1
            case "$(cat code) $(cat said)" in
              "0 "*) test -e o.txt || echo "nothing is made" ;;
              "5 error: a limit of "*"hint: raise it with 'ulimit -v'"*) ;;
              "127 "*) ;; # The loader of libraries itself had too little.
              *) echo "$kilobytes kB:"; cat code said ;;
            esac
          done
          pipewright run > said; pipewright run
          """,
        expected: "kept      work\n1 kept")
      try await incident.check()
    }
  #endif
}
