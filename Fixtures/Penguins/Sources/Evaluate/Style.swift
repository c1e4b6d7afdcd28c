import Foundation
import PenguinTable

/// How the picture looks: a resource of this component, for those who never write Swift.
enum Style {
  /// The style sheet.
  static func text() throws -> String {
    try TextFile.read(Bundle.module.bundleURL.appending(path: "confusion.css").path)
  }
}
