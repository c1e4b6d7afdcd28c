extension Fingerprint {
  /// Adds the fields to bytes, as results and history keep them: a JSON list of maps on one line.
  package func writeFields(to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, field) in fields.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      field.write(to: &out)
    }
    out.append(UInt8(ascii: "]"))
  }
}

extension Field {
  /// Without a `Value`: a step may have hundreds of them, and is written twice.
  fileprivate func write(to out: inout [UInt8]) {
    out += #"{"kind":""#.utf8
    out += kind.rawValue.utf8
    out += #"","name":"#.utf8
    JSON.write(name, to: &out)
    out += #","path":"#.utf8
    if let path { JSON.write(path, to: &out) } else { out += "null".utf8 }
    out += #","value":"#.utf8
    JSON.write(value, to: &out)
    out.append(UInt8(ascii: "}"))
  }

  /// Reads what `writeFields` has written of one.
  package init?(json: Value) {
    guard let kind = json["kind"]?.text.flatMap({ Kind(rawValue: $0) }),
      let name = json["name"]?.text, let path = json["path"], let value = json["value"]?.text,
      path == .null || path.text != nil
    else { return nil }
    self.init(kind, name, path: path.text, value: value)
  }
}
