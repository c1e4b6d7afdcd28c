import Testing

@testable import PipelineModel

@Suite("Shell script") struct ShellScriptTests {
  static let place = Span(line: 1, column: 1)

  /// The script as rendered, or the codes of what is wrong; `@` stands for a reference.
  static func render(_ text: String, _ shell: Shell) -> String {
    let written = text.replacing("@", with: "${{ parameters.v }}")
    let template = TemplateReader(written, at: place).template
    let (script, problems) = ShellScript.read(Located(template, at: place), shell: shell)
    let codes = problems.map(\.code)
    return codes.isEmpty
      ? script.render { _ in [Array("v".utf8)] }.script : codes.joined(separator: " ")
  }

  static let scripts: [(text: String, rendered: String)] = [
    ("echo @", "echo \"${PW_1}\""),
    ("echo \"a @ b\"", "echo \"a ${PW_1} b\""),
    ("echo 'a @ b'", "echo 'a '\"${PW_1}\"' b'"),
    ("a=@;b=@", "a=\"${PW_1}\";b=\"${PW_1}\""),
    ("x=$(cat @)", "x=$(cat \"${PW_1}\")"),
    ("# don't @\necho @", "# don't ${{ parameters.v }}\necho \"${PW_1}\""),
    ("a#b'@'", "a#b''\"${PW_1}\"''"),
    ("echo \"$(cat @)\"", "reference-in-substitution"),
    ("echo \"$(cat '@')\"", "reference-in-substitution"),
    ("echo `cat @`", "reference-in-backticks"),
    ("echo \"`cat @`\"", "reference-in-backticks"),
    ("echo ${x:-@} ${x:-'@'}", "reference-in-expansion reference-in-expansion"),
    ("echo $((1 + @))", "reference-in-arithmetic"),
    ("let x=@", "reference-in-arithmetic"),
    ("[[ $x -eq \"@\" ]]", "reference-in-arithmetic"),
    ("[[ $x == @ ]]", "[[ $x == \"${PW_1}\" ]]"),
    ("a[@]=1", "reference-in-arithmetic"),
    ("echo \\@", "reference-after-backslash"),
    ("echo \"\\@\"", "reference-after-backslash"),
    ("echo \\\\@", "echo \\\\\"${PW_1}\""),
    ("echo '\\@'", "echo '\\'\"${PW_1}\"''"),
    ("cat <<E\n@\nE\necho @", "reference-in-heredoc"),
    ("cat <<'E'\n'\nE\necho @", "cat <<'E'\n'\nE\necho \"${PW_1}\""),
    ("cat <<A <<B\nit's\nA\n\"\nB\necho @", "cat <<A <<B\nit's\nA\n\"\nB\necho \"${PW_1}\""),
    ("cat <<@\n", "unclear-quoting"),
    ("cat <<E\nx\\\nE\nE\necho @", "unclear-quoting"),
    ("echo \"${x:-\"a\"}\" @", "unclear-quoting"),
    ("x=$(case a in a) echo ;; esac); echo @", "unclear-quoting"),
    ("echo 'a", "unclosed-quote"), ("echo \"a", "unclosed-quote"), ("echo `a", "unclosed-quote"),
    ("echo $(a", "unclosed-quote"), ("echo ${a", "unclosed-quote"),
    ("echo ${#x} ${x#'}'} ${x##*/} @", "echo ${#x} ${x#'}'} ${x##*/} \"${PW_1}\""),
    ("wc -c <<< @", "wc -c <<< \"${PW_1}\""),
    ("diff <(sort @) b", "diff <(sort \"${PW_1}\") b"),
  ]

  @Test("A value stands in quotes wherever it stands", arguments: scripts.indices)
  func renders(_ index: Int) {
    let (text, rendered) = ShellScriptTests.scripts[index]
    #expect(ShellScriptTests.render(text, .bash) == rendered)
  }

  static let piped: [(text: String, isWarned: Bool)] = [
    ("a | b", true), ("a || b", false), ("a 'x | y' \"|\" \\| # | z", false), ("x=$(a | b)", true),
    ("case x in a|b) c ;; (d | e) f ;; esac", false), ("case x in a) b | c ;; esac", true),
    ("cat <<E\na | b\nE\n", false), ("echo ${x:-|}", false), ("echo in case x | y", true),
    ("a >| b", false),
  ]

  @Test("A pipe is warned of in sh, once, and never in bash", arguments: piped.indices)
  func pipes(_ index: Int) {
    let (text, isWarned) = ShellScriptTests.piped[index]
    let twice = text + "\n" + text
    #expect(ShellScriptTests.render(twice, .sh) == (isWarned ? "pipe-in-sh" : twice))
    #expect(ShellScriptTests.render(twice, .bash) == twice)
  }

  static let alone: [(text: String, isAlone: Bool)] = [
    ("cat @", true), ("cat @;", true), ("(cat @)", true), ("a=(@ @)", true), ("@", true),
    ("cat \\\n@\\\n x", true), ("cat x@", false), ("cat @x", false), ("cat \"@\"", false),
    ("cat '@'", false), ("x=@", false), ("cat < @", false), ("cat >@", false), ("cat @@", false),
    ("cat x\\\n@", false),
  ]

  @Test("A list must stand alone", arguments: alone.indices)
  func lists(_ index: Int) {
    let (text, isAlone) = ShellScriptTests.alone[index]
    let written = text.replacing("@", with: "${{ inputs.v }}")
    let template = TemplateReader(written, at: ShellScriptTests.place).template
    let script = ShellScript.read(Located(template, at: ShellScriptTests.place), shell: .bash)
      .script
    #expect(script.listsMustStandAlone.isEmpty == isAlone)
  }

  static let sources: [(text: String, words: [String])] = [
    ("python3 a.py b.py", ["a.py"]), ("Scripts/run.sh x", ["Scripts/run.sh"]), ("run.sh", []),
    ("python3 -u -W ignore a.py", ["a.py"]), ("python3 -m tool a.py", []),
    ("python3 -c 'x' a.py", []),
    ("A=1 B='x y' python3.12 \"my file.py\"", ["my file.py"]),
    (
      "cd x && Rscript a.R; node b.js || julia c.jl\nperl d.pl | ruby e.rb",
      ["x/a.R", "a.R", "x/b.js", "b.js", "x/c.jl", "c.jl", "x/d.pl", "d.pl", "x/e.rb", "e.rb"]
    ),
    ("awk -f a.awk b", ["a.awk"]), ("sed -n -f a.sed", ["a.sed"]), ("awk '{ print }' b", []),
    ("python3 @ b.py", []), ("python3 $x b.py", []), ("@/run.sh", []), ("echo python3 a.py", []),
    ("if python3 a.py; then sh -e b.sh; fi", ["a.py", "b.sh"]),
    ("x=$(python3 a.py)", ["a.py"]), ("for x in a; do python3 a.py; done", ["a.py"]),
    ("python3 <in.csv a.py >out", ["a.py"]), ("# python3 a.py", []),
    ("/usr/bin/python3 -- a.py", ["/usr/bin/python3", "a.py"]),
    ("pythonic a.py", []), ("bash -c 'x' y", []), ("case a in b/c) python3 a.py ;; esac", ["a.py"]),
    ("python3 a.py 2>&1 && { sh b.sh; }", ["a.py", "b.sh"]), ("bash -euo pipefail a.sh", ["a.sh"]),
    ("sh -ec x y", []), ("cd lib && cd sub; ./x", ["lib/sub/./x", "./x"]),
    ("cd $x && sh a.sh", ["a.sh"]), ("cd x; sh /a.sh", ["/a.sh"]),
    ("env -u A B=c python3 a.py", ["a.py"]), ("/usr/bin/env -- ./a", ["./a"]),
    ("time -p nohup nice -n 3 sh a.sh", ["a.sh"]), ("exec -a x ./a", ["./a"]),
    ("uv run --with numpy python a.py", ["a.py"]), ("uv run -q a.py b.py", ["a.py"]),
    ("poetry run python a.py", ["a.py"]), ("poetry install x/y", []), ("env", []),
  ]

  @Test("A command's own code is found", arguments: sources.indices)
  func implicitSources(_ index: Int) {
    let (text, words) = ShellScriptTests.sources[index]
    let written = text.replacing("@", with: "${{ parameters.v }}")
    let template = TemplateReader(written, at: ShellScriptTests.place).template
    #expect(ImplicitSources.candidates(template, shell: .bash) == words)
  }

  @Test("A long script of references is read in moments", .timeLimit(.minutes(1)))
  func long() {
    let unit = "x[${{ parameters.v }} \"${{ parameters.v }}\" | `'` $(( a[ "
    let text = String(repeating: unit, count: 10_000)
    let template = TemplateReader(text, at: ShellScriptTests.place).template
    let read = ShellScript.read(Located(template, at: ShellScriptTests.place), shell: .sh)
    #expect(!read.problems.isEmpty)
  }
}
