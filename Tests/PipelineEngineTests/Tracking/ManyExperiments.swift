/// A long history: SQL that fills an empty one.
enum ManyExperiments {
  /// Each experiment has ten parameters and eight steps, of which three ran: their three runs have
  /// five metrics each, and the other steps were kept from the first experiment.
  ///
  /// - Parameter count: at least one.
  static func sql(count: Int) -> String {
    """
    INSERT INTO experiment (id, gid, name, project, started, ended, outcome, workspace, command,
      git_commit, git_branch, git_modified, user, host, platform, cpus, tool)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
    SELECT i, printf('%032x', i), printf('sunny-spring-%d', i), 'many',
      1700000000000000000 + i * 60000000000, 1700000000000000000 + i * 60000000000 + 5000000000,
      CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'succeeded' END, 'workspace', 'run',
      printf('%040x', i / 10), 'main', 0, 'user', 'host', 'linux-x86_64', 2, '0.1.0' FROM n;
    INSERT INTO experiment_tag SELECT id, 'nightly' FROM experiment WHERE id % 3 = 0;
    INSERT INTO experiment_parameter
    WITH RECURSIVE p(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM p WHERE j < 9)
    SELECT id, j, printf('train.p%d', j), printf('%.3f', (id * (j + 7)) % 1000 / 1000.0)
    FROM experiment, p;
    INSERT INTO run (id, gid, experiment_id, step, matrix, ending, recorded, started, ended,
      seconds, cpu_seconds, peak_memory_bytes, attempts)
    WITH RECURSIVE s(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM s WHERE k < 7)
    SELECT id * 8 + k, printf('%032x', id * 8 + k), id, printf('step%d', k), '{}', 'ran', 1,
      started, ended, 1.5, 1.25, 1000000, 1
    FROM experiment, s WHERE k > 4 OR id = 1;
    INSERT INTO step (experiment_id, name, position, ending, run_id)
    WITH RECURSIVE s(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM s WHERE k < 7)
    SELECT id, printf('step%d', k), k, CASE WHEN k > 4 OR id = 1 THEN 'ran' ELSE 'kept' END,
      CASE WHEN k > 4 THEN id * 8 + k ELSE 8 + k END
    FROM experiment, s;
    INSERT INTO metric (run_id, name, number)
    WITH RECURSIVE m(l) AS (SELECT 0 UNION ALL SELECT l + 1 FROM m WHERE l < 4)
    SELECT id, printf('scores.m%d', l), (id * (l + 3)) % 997 / 997.0 FROM run, m;
    """
  }
}
