extension Pipeline {
  /// What history calls an artifact: `train.model`, or `train:Models/model.bin` in the list form.
  package func trackedName(of id: ID<Artifact>) -> String {
    let artifact = artifacts[id]
    return Artifact.trackedName(
      artifact.name, path: artifact.path, writer: steps[artifact.writer].name)
  }

  /// Every parameter that some of these steps use, with its value, sorted by name.
  package func parameters(of selected: [ID<Step>]) -> [(name: ParameterName, value: Value)] {
    var values: [ParameterName: Value] = [:]
    for id in selected {
      for parameter in steps[id].parameters + steps[id].wiringParameters {
        values[parameter.name] = parameter.value
      }
    }
    return values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }
}

extension Artifact {
  /// The same for an output whose step need not be in the pipeline any more.
  package static func trackedName(_ name: Name?, path: Path, writer: StepName) -> String {
    name.map { "\(writer).\($0)" } ?? "\(writer):\(path.exact)"
  }
}
