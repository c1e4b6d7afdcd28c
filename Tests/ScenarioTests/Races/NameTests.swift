import Foundation
import Testing

/// Files whose names are hard to bear, and trees deeper than a path may be long.
@Suite("Names of files") struct NameTests {
  /// Makes files in `in`, each of which has its number as its content.
  private static let make = #"""
    mkdir in; n=0
    while IFS= read -r name; do
      n=$((n + 1)); printf '%s\n' $n > "in/$(printf -- "$name")"
    done << 'END'
     -rf *$(touch owned)`touch owned`;&|<>
    -n
    'single' "double" \\\\ back
    new\nline
    tab\there
    e\033[2Jscape\033]0;title\a
    A
    b
    ${{ parameters.none }}
    #comment: [yaml, {is: text}]
    %%41%%20%%2F
    ...
    """#

  /// Where names are bytes, as on Linux.
  private static let makeBytes = #"""
    \377\376 no text
    e\314\201 of two marks
    \303\251 of two marks
    a
    """#

  @Test("Whatever the names are, a directory is read, kept and put back byte for byte")
  func names() async throws {
    #if os(Linux)
      let (make, count) = (NameTests.make + "\n" + NameTests.makeBytes, 16)
    #else
      let (make, count) = (NameTests.make, 12)
    #endif
    let incident = Incident(
      "names",
      steps: """
        copy:
          run: cp -R in out
          inputs: [in]
          outputs: [out]
        words:
          run: cat -- ${{ inputs.all }} | sort -n | tail -n 1
          inputs: { all: "in/*" }
          shell: bash
        """,
      script: """
        \(make)
        END
        pipewright run --jobs 1; diff -r in out; test ! -e owned && ls in | wc -l | tr -d ' '
        delete out; pipewright run copy; diff -r in out
        for name in in/*; do
          echo 99 > "$name"; pipewright run -q copy > said; diff -r in out
        done
        pipewright verify
        # Nothing that controls a terminal is shown.
        mv in/A in/C; pipewright status words | LC_ALL=C tr -dc '\\033\\007' | wc -c | tr -d ' '
        """,
      expected: """
        ran       copy   first run
        words | \(count)
        ran       words  first run
        2 ran, experiment NAME-1
        \(count)
        restored  copy  output out is missing
        1 restored, experiment NAME-2
        … all sound
        0
        """)
    try await incident.check()
  }

  #if os(Linux)
    @Test("A tree deeper than the longest path is read, kept and put back")
    func depth() async throws {
      let incident = Incident(
        "depth",
        steps: """
          copy:
            run: bash deep.sh out $(bash deep.sh in)
            inputs: [in]
            outputs: [out]
          """,
        script: """
          cat > deep.sh << 'END'
          long=$(printf '%0200d' 0)
          mkdir -p $1; cd $1; for i in $(seq 30); do mkdir -p $long; cd -P $long; done
          if [ $# = 2 ]; then echo $2 > leaf; else cat leaf; fi
          END
          bash deep.sh in 1
          pipewright run; pipewright run; rm -r out; pipewright run; bash deep.sh out
          bash deep.sh in 2
          pipewright run; bash deep.sh out; pipewright verify; rm -r in; pipewright gc --dry-run > said
          """,
        expected: """
          ran       copy  first run
          1 ran, experiment NAME-1
          kept      copy
          1 kept
          restored  copy  output out is missing
          1 restored, experiment NAME-2
          1
          ran       copy  input in changed
          1 ran, experiment NAME-3
          2
          … all sound
          """)
      try await incident.check()
    }
  #endif
}
