/// What the steps of a `RandomManifest` do.
extension RandomManifest {
  /// Lets a step of this name fail while it is there, beside the manifest.
  static func obstacle(of step: String) -> String { ".obstacle-\(step)" }

  /// Prints what files and directories hold, without what never counts; no file has two lines.
  private static let show = """
    show() {
      for entry in "$@"; do
        case "$entry" in */.DS_Store | *~ | *.pyc | *.tmp | *Raw/note.txt) continue ;; esac
        if [ -d "$entry" ]; then
          printf '%s/ ' "${entry##*/}"
          show "$entry"/* "$entry"/.[!.]*
        elif [ -e "$entry" ]; then
          line=; IFS= read -r line <"$entry" || :
          mark=; if [ -x "$entry" ]; then mark='*'; fi
          printf '%s%s=%s ' "$mark" "${entry##*/}" "$line"
        fi
      done
    }
    """

  /// The script of all steps that have theirs in a file.
  static let script = """
    set -eu
    version=$1 out=$2
    shift 2
    \(show)
    text=$(show "$@")
    printf '%s\\n' "$version $text" >"$out"

    """

  /// - Parameters:
  ///   - words: references to all inputs.
  ///   - values: references to the parameters that it uses.
  func script(of step: Declaration, _ words: String, _ values: String) -> [String] {
    var lines = ["set -- \(words)"]
    let top = step.lines.contains("directory: Code") ? "../" : ""
    lines.append("if [ -e \(top)\(RandomManifest.obstacle(of: step.name)) ]; then exit 9; fi")
    lines += RandomManifest.show.split(separator: "\n").map(String.init)
    lines.append("text=\"v\(step.version) $(show \"$@\")\"")
    if step.isTouchy { lines.append("case \"$text\" in *FAIL*) exit 3 ;; esac") }
    if step.isLossy { lines.append("text=$(printf '%.12s' \"$text\")") }
    if !values.isEmpty { lines.append("set -- \(values); text=\"$* $text\"") }
    if step.outputs["o"] != nil { lines.append("printf '%s\\n' \"$text\" >${{ outputs.o }}") }
    if step.outputs["a"] != nil { lines.append("printf '%.5s' \"$text\" >${{ outputs.a }}") }
    if step.outputs["d"] != nil {
      lines += [
        "mkdir -p ${{ outputs.d }}/sub/empty",
        "printf '%s\\n' \"$text\" >${{ outputs.d }}/f",
        "ln -s ../f ${{ outputs.d }}/sub/link",
        "case \"$text\" in *B*) printf '%s' \"$text\" >${{ outputs.d }}/sub/more ;; esac",
        "case \"$text\" in *C*) chmod +x ${{ outputs.d }}/f ;; esac",
      ]
    }
    if step.hasExtraOutput { lines.append("printf x >${{ outputs.x }}") }
    return lines
  }
}
