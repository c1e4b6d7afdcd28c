import PipelineModel

/// Lists that the server hands out page by page.
extension MLflowServer {
  /// For each filter the runs that match it, deleted ones too.
  func runs(in place: String, where filters: [String]) async throws -> [[MLflowRun]] {
    let lists = try await pages(of: filters) { filter, token in
      var entries: [(key: String, value: Value)] = [
        ("experiment_ids", .list([.text(place)])), ("filter", .text(filter)),
        ("run_view_type", .text("ALL")), ("max_results", .number("1000")),
      ]
      if let token { entries.append(("page_token", .text(token))) }
      return .post("mlflow/runs/search", entries)
    }
    return lists.map { pages in
      pages.flatMap { $0["runs"]?.list ?? [] }.compactMap { MLflowRun($0) }
    }
  }

  /// For each run and metric the points that are there.
  func points(of metrics: [(run: String, name: String)]) async throws -> [Set<MLflowPoint>] {
    let lists = try await pages(of: metrics) { metric, token in
      var query = [
        ("run_id", metric.run), ("metric_key", metric.name), ("max_results", "25000"),
      ]
      if let token { query.append(("page_token", token)) }
      return .get("mlflow/metrics/get-history", query)
    }
    return lists.map { pages in
      Set(pages.flatMap { $0["metrics"]?.list ?? [] }.compactMap { MLflowPoint($0) })
    }
  }

  /// For each run the files that it has, at any depth, with their sizes.
  func files(of runs: [String]) async throws -> [[String: Int]] {
    var found = Array(repeating: [String: Int](), count: runs.count)
    var open = runs.indices.map { (index: $0, folder: "") }
    while !open.isEmpty {
      let lists = try await pages(of: open) { place, token in
        var query = [("run_id", runs[place.index])]
        if !place.folder.isEmpty { query.append(("path", place.folder)) }
        if let token { query.append(("page_token", token)) }
        return .get("mlflow/artifacts/list", query)
      }
      var next: [(index: Int, folder: String)] = []
      for (place, pages) in zip(open, lists) {
        for file in pages.flatMap({ $0["files"]?.list ?? [] }) {
          guard let path = file["path"]?.text else { continue }
          if file["is_dir"]?.boolean == true {
            next.append((place.index, path))
          } else {
            found[place.index][path] = file["file_size"]?.integer ?? 0
          }
        }
      }
      open = next
    }
    return found
  }

  /// The versions of a registered model.
  func versions(of model: String) async throws -> [Value] {
    let lists = try await pages(of: [model]) { model, token in
      var query = [("filter", "name='\(model)'"), ("max_results", "1000")]
      if let token { query.append(("page_token", token)) }
      return .get("mlflow/model-versions/search", query)
    }
    return lists.joined().flatMap { $0["model_versions"]?.list ?? [] }
  }

  /// All pages of several lists, those of one depth asked for together.
  private func pages<Subject>(
    of subjects: [Subject], _ call: (Subject, String?) -> Call
  ) async throws -> [[Value]] {
    var pages = Array(repeating: [Value](), count: subjects.count)
    var open: [(index: Int, token: String?)] = subjects.indices.map { ($0, nil) }
    while !open.isEmpty {
      let answers = try await ask(open.map { call(subjects[$0.index], $0.token) })
      var next: [(index: Int, token: String?)] = []
      for (page, answer) in zip(open, answers) {
        pages[page.index].append(answer)
        // The same token again would never end.
        if let token = answer["next_page_token"]?.text, !token.isEmpty, token != page.token {
          next.append((page.index, token))
        }
      }
      open = next
    }
    return pages
  }
}
