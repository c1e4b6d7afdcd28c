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

  struct Mask: Sendable {
    let mask: String
    /// What `ls` says of the tool's own directories, of an output and of a shared store.
    let directory: String
    let file: String
    let shared: String
  }

  static let masks = [
    Mask(mask: "022", directory: "drwxr-xr-x", file: "-rw-r--r--", shared: "drwxr-xr-x"),
    Mask(mask: "002", directory: "drwxr-xr-x", file: "-rw-rw-r--", shared: "drwxrwxr-x"),
    Mask(mask: "077", directory: "drwx------", file: "-rw-------", shared: "drwx------"),
    Mask(mask: "000", directory: "drwxr-xr-x", file: "-rw-rw-rw-", shared: "drwxrwxrwx"),
  ]

  @Test("Nobody else may write what is believed, and a mask that hides is kept", arguments: masks)
  func rights(_ mask: Mask) async throws {
    let incident = Incident(
      "rights under \(mask.mask)",
      steps: "work:\n  run: echo 1 > o.txt\n  outputs: [o.txt]",
      script: """
        umask \(mask.mask); pipewright run -q; delete o.txt; pipewright run -q
        find .pipeline -type d -exec ls -ld {} + | cut -c 1-10 | sort -u
        ls -l .pipeline/store/objects/*/* | cut -c 1-10 | sort -u
        find .pipeline \\( -perm -020 -o -perm -002 \\)
        # Elsewhere the mask decides: what is made for others, too, and a store that is shared.
        delete o.txt; PIPELINE_STORE=../shared pipewright run -q
        ls -ld ../shared ../shared/results o.txt | cut -c 1-10
        """,
      expected: """
        \(mask.directory)
        -r--r--r--
        \(mask.shared)
        \(mask.shared)
        \(mask.file)
        """)
    try await incident.check()
  }
}
