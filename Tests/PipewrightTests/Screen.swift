/// A small terminal: what is on the screen after some bytes were written to it.
///
/// Knows line feed (which also returns, as the tty driver sees to), carriage return, cursor up,
/// erasing to the end of line and screen, colours, wrapping and scrolling; all else is a fault.
struct Screen {
  let columns: Int
  let rows: Int
  /// What has left the screen at its top.
  private(set) var scrolled: [String] = []
  private(set) var faults: [String] = []
  private var cells: [[Character]]
  private var row = 0
  private var column = 0

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = [[Character]](repeating: [], count: rows)
  }

  /// All lines, scrolled ones first, down to the last that is not empty.
  var lines: [String] {
    var lines = scrolled + cells.map { String($0) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  mutating func write(_ bytes: [UInt8]) {
    var rest = String(decoding: bytes, as: UTF8.self)[...]
    while let character = rest.popFirst() {
      switch character {
      case "\u{1B}": sequence(&rest)
      case "\r": column = 0
      case "\n", "\r\n": lineFeed()
      default: put(character)
      }
    }
  }

  private mutating func put(_ character: Character) {
    if column == columns { lineFeed() }
    while cells[row].count < column { cells[row].append(" ") }
    if column < cells[row].count {
      cells[row][column] = character
    } else {
      cells[row].append(character)
    }
    column += 1
  }

  private mutating func lineFeed() {
    column = 0
    row += 1
    guard row == rows else { return }
    scrolled.append(String(cells.removeFirst()))
    cells.append([])
    row -= 1
  }

  private mutating func sequence(_ rest: inout Substring) {
    guard rest.popFirst() == "[" else {
      faults.append("not a control sequence")
      return
    }
    let parameter = rest.prefix { $0.isNumber || $0 == ";" }
    rest = rest[parameter.endIndex...]
    switch rest.popFirst() {
    case "A":
      let count = Int(parameter) ?? 1
      if count > row { faults.append("cursor up by \(count) from row \(row)") }
      row = max(0, row - count)
    case "K": cells[row] = Array(cells[row].prefix(column))
    case "J":
      cells[row] = Array(cells[row].prefix(column))
      for below in (row + 1)..<max(row + 1, rows) { cells[below] = [] }
    case "m": break
    case let final: faults.append("unknown sequence \(parameter)\(final.map(String.init) ?? "")")
    }
  }
}
