import PenguinClassifier
import PenguinTable
import PipelineComponent

/// Learns to tell the species of a penguin, by multinomial logistic regression.
@main enum Train {
  static func main() {
    Component.run { component in
      let parameters = try component.parameters(as: Parameters.self, at: "train")
      guard parameters.rate > 0, parameters.epochs > 0 else {
        Component.fail("train.rate and train.epochs have to be above 0")
      }
      var training = try Training(
        train: Table(reading: component.input("train")).observations(),
        validation: Table(reading: component.input("validation")).observations())

      var curve = "epoch,loss,validation_loss\n"
      for number in 1...parameters.epochs {
        let epoch = training.descend(rate: parameters.rate, epoch: number)
        component.log(
          step: number,
          [
            "loss": epoch.loss, "validation_loss": epoch.validationLoss,
            "validation_accuracy": epoch.validationAccuracy,
          ])
        let losses = [epoch.loss, epoch.validationLoss].map { $0.text(decimals: 6) }
        curve += "\(number),\(losses.joined(separator: ","))\n"
      }
      guard let best = training.best else {
        Component.fail("no epoch has a loss that is a number; a lower train.rate may help")
      }

      try JSONFile.write(training.classifier, to: component.output("model"))
      try TextFile.write(curve, to: component.output("curve"))
      try JSONFile.write(
        Outcome(
          epoch: best.number, loss: best.loss.rounded(decimals: 4),
          validationLoss: best.validationLoss.rounded(decimals: 4),
          validationAccuracy: best.validationAccuracy.rounded(decimals: 4)),
        to: component.output("result"))
      print("best epoch \(best.number), validation loss \(best.validationLoss.text(decimals: 4))")
    }
  }
}

private struct Parameters: Decodable {
  let rate: Double
  let epochs: Int
}

private struct Outcome: Encodable {
  let epoch: Int
  let loss: Double
  let validationLoss: Double
  let validationAccuracy: Double
}
