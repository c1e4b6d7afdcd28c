import Foundation
import Testing

/// Results that were made to do harm, and links that were put in the way.
@Suite("Forgeries") struct ForgeryTests {
  private static let forge = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "forge.py").path

  @Test("Whatever a stored result says, nothing is written elsewhere, and its step executes again")
  func results() async throws {
    let incident = Incident(
      "forged results",
      steps: """
        s:
          matrix: { c: CASES }
          run: mkdir -p ${{ outputs.o }}/d; echo ${{ matrix.c }} > ${{ outputs.o }}/d/f
          outputs: { o: "o/${{ matrix.c }}" }
        """,
      script: """
        cases=$(python3 '\(ForgeryTests.forge)' cases); edit pipeline.yaml "s/CASES/$cases/"
        pipewright run -q; cp -R o ../expected; tree ../home > ../before
        python3 '\(ForgeryTests.forge)' forge; delete o
        pipewright run > ../said; tail -n 1 ../said
        diff -r ../expected o; tree ../home | diff ../before -; ls
        pipewright run | tail -n 1; pipewright status --check > ../said; pipewright verify
        """,
      expected: """
        27 ran, experiment NAME-2
        o
        pipeline.yaml
        27 kept
        … all sound
        """)
    try await incident.check()
  }

  @Test("What lies in an output's place is moved away, not written through")
  func planted() async throws {
    let incident = Incident(
      "planted links",
      steps: """
        s:
          matrix: { c: [link, away, nowhere, circle, pipe, folder] }
          run: echo ${{ matrix.c }} > ${{ outputs.f }}; mkdir ${{ outputs.d }}; echo 1 > ${{ outputs.d }}/f
          outputs: { f: "o/${{ matrix.c }}.txt", d: "o/${{ matrix.c }}" }
        """,
      script: """
        pipewright run -q; cp -R o ../expected; mkdir ../victim; echo mine > ../victim/f
        for case in link away nowhere circle pipe folder; do
          rm -r o/$case o/$case.txt
          for place in o/$case o/$case.txt; do
            case $case in
              link) ln -s ../../victim/f $place ;;
              away) ln -s ../../victim $place ;;
              nowhere) ln -s ../../victim/new $place ;;
              circle) ln -s $case $place ;;
              pipe) mkfifo $place ;;
              folder) mkdir -p $place/f; echo mine > $place/f/mine ;;
            esac
          done
        done
        pipewright run | grep -c ^restored; diff -r ../expected o; tree ../victim; cat ../victim/f
        ls .pipeline/attic/*/o | wc -l | tr -d ' '; pipewright run | tail -n 1
        """,
      expected: """
        6
        f
        mine
        12
        6 kept
        """)
    try await incident.check()
  }

  @Test("Nothing is written through a link in the place of what is the tool's own")
  func own() async throws {
    let incident = Incident(
      "links in .pipeline",
      steps: "a:\n  run: mkdir -p o; echo 1 > o/f\n  outputs: [o]",
      script: """
        pipewright run -q; cp -R . ../made; mkdir ../victim ../victim/folder
        echo mine > ../victim/file; cp -R ../victim ../before; cd ..
        for own in logs attic running components shadows store store/objects store/results \\
          store/locks index bound history.db history.db-wal lock clock id open store/lock; do
          rm -rf workspace; cp -R made workspace; rm -rf workspace/.pipeline/$own
          case $own in
            *.*|index|bound|*lock|clock|id|open) victim=file ;;
            *) victim=folder ;;
          esac
          ln -s "$PWD/victim/$victim" workspace/.pipeline/$own
          (cd workspace; for verb in 'run --force' 'experiments list'; do
            pipewright $verb > ../said 2>&1; code=$?
            case $code in 0|2|5) ;; *) echo "$own: $verb ended with $code"; cat ../said ;; esac
          done)
          diff -r before victim || { echo "through $own"; rm -rf victim; cp -R before victim; }
        done
        cd workspace; rm .pipeline/store/lock; pipewright run | tail -n 1
        rm -rf .pipeline/store; ln -s ../../victim/folder .pipeline/store; pipewright run
        """,
      expected: """
        1 kept
        error: cannot open '.pipeline/store': it is a symbolic link; name another place by PIPELINE_STORE
        [exit 5]
        """)
    try await incident.check()
  }
}
