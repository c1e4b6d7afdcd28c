import PipelineModel

extension Directory {
  /// What the directory is called that is the tool's own in a workspace.
  static let ownName = ".pipeline"

  /// What others may do with something that is to be made, before the process's mask is taken off.
  ///
  /// Below the tool's own directory only the owner may write, also under a mask that lets a whole
  /// group: what stands there is believed, and some of it is executed. Outputs, and a store that
  /// several users share, are made as the mask says.
  func permissions(_ wanted: UInt32, ofNew path: Path) -> UInt32 {
    let isOwn = self.path.appending(path).components.contains {
      $0.elementsEqual(Directory.ownName.utf8)
    }
    return isOwn ? wanted & ~0o022 : wanted
  }
}
