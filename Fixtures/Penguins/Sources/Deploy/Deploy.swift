import Foundation
import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Brings the model to the server that `PENGUINS_SERVER` names.
@main enum Deploy {
  static func main() {
    Component.run { component in
      let server = try Server(environment: ProcessInfo.processInfo.environment)
      try server.serve(component.input("model"))
      print("'\(server.model)' answers")
    }
  }
}
