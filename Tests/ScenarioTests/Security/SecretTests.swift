import Foundation
import Testing

/// Where a secret may be, and where not; and who may read what the tool keeps.
@Suite("Secrets and rights") struct SecretTests {
  @Test("A secret is in nothing that is kept or shown, but where its step has put it")
  func secret() async throws {
    let incident = Incident(
      "a secret",
      steps: """
        tell:
          run: |
            # In two writes, so far apart that they are read by themselves.
            printf %s "${TOKEN%?????}"; sleep 0.1; printf '%s\\n' "${TOKEN#????????????}"
            echo "$TOKEN $TOKEN" >&2
            printf '{"note": "%s"}\\n' "$TOKEN" >> "$PIPELINE_METRICS"
            printf '{"%s": 1}' "$TOKEN" > m.json
            echo "$TOKEN" > o.txt
          environment: { secrets: [TOKEN] }
          outputs: { o: o.txt, m: { path: m.json, kind: metrics } }
        other:
          run: |
            env > env.txt
            for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/cmdline || true; done > words.txt 2> errors
          after: [tell]
          outputs: [env.txt, words.txt]
        fails:
          run: echo "no entry with $TOKEN"; mkfifo "$TOKEN"; mkdir d; mv "$TOKEN" d; exit 3
          environment: { secrets: [TOKEN] }
          outputs: [d]
        """,
      script: """
        TOKEN=$(printf 'sek%s' rit-value-4711); export TOKEN
        pipewright run --jobs 1 --keep-going --report r.json --junit r.xml > said 2>&1; echo $?
        pipewright report > r.html 2> said2; pipewright runs show tell > said3
        pipewright status > said4; pipewright experiments list --json > said5
        grep -c 'TOKEN=' env.txt; grep -rl "$TOKEN" . | sed 's|objects/.*|objects/…|' | sort -u
        grep -c '[*][*][*]' .pipeline/logs/*/tell.log said
        export TOKEN=another; pipewright run tell
        """,
      expected: """
        1
        0
        ./.pipeline/store/objects/…
        ./m.json
        ./o.txt
        .pipeline/logs/RUN/tell.log:2
        said:4
        kept      tell
        1 kept
        """)
    try await incident.check()
  }

  static let masks = [
    ("022", "drwxr-xr-x"), ("002", "drwxr-xr-x"), ("077", "drwx------"), ("000", "drwxr-xr-x"),
  ]

  @Test("Nobody else may write what is believed, and a mask that hides is kept", arguments: masks)
  func rights(_ mask: (mask: String, directory: String)) async throws {
    let incident = Incident(
      "rights under \(mask.mask)",
      steps: "work:\n  run: echo 1 > o.txt\n  outputs: [o.txt]",
      script: """
        umask \(mask.mask); pipewright run -q; delete o.txt; pipewright run -q
        ls -ld .pipeline .pipeline/logs .pipeline/attic .pipeline/running | cut -c 1-10 | sort -u
        ls -l .pipeline/store/objects/*/* | cut -c 1-10 | sort -u
        find .pipeline -maxdepth 1 -type d ! -name store -perm -0002
        """,
      expected: "\(mask.directory)\n-r--r--r--")
    try await incident.check()
  }
}
