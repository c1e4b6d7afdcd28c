import GRDB

/// The tables of `history.db`, which users may query: the article `Formats` explains them.
///
/// A migration that was ever released never changes; what is new comes in a further one.
enum HistorySchema {
  /// What SQLite files say of whose they are: `Pwrt`.
  static let applicationID = 0x5077_7274

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: experiments)
      try db.execute(sql: runs)
      try db.execute(sql: versions)
      try db.execute(sql: models)
    }
    return migrator
  }

  private static let experiments = """
    CREATE TABLE sweep (
      id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
      digest TEXT NOT NULL, space TEXT NOT NULL, started INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE experiment (
      id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
      project TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, outcome TEXT NOT NULL,
      workspace TEXT NOT NULL, command TEXT NOT NULL,
      git_commit TEXT, git_branch TEXT, git_modified INTEGER,
      user TEXT NOT NULL, host TEXT NOT NULL, platform TEXT NOT NULL, cpus INTEGER NOT NULL,
      tool TEXT NOT NULL, sweep_id INTEGER REFERENCES sweep ON DELETE SET NULL
    ) STRICT;
    CREATE INDEX experiment_name ON experiment(name);
    CREATE INDEX experiment_started ON experiment(started);
    CREATE TABLE experiment_tag (
      experiment_id INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE, tag TEXT NOT NULL,
      PRIMARY KEY (experiment_id, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE experiment_parameter (
      experiment_id INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
      position INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (experiment_id, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let runs = """
    CREATE TABLE fingerprint (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, fields TEXT NOT NULL
    ) STRICT;
    CREATE TABLE run (
      id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE,
      experiment_id INTEGER REFERENCES experiment ON DELETE SET NULL,
      step TEXT NOT NULL, role TEXT, matrix TEXT NOT NULL, fingerprint_id INTEGER
        REFERENCES fingerprint, ending TEXT NOT NULL, recorded INTEGER NOT NULL,
      started INTEGER, ended INTEGER NOT NULL, seconds REAL NOT NULL, cpu_seconds REAL NOT NULL,
      peak_memory_bytes INTEGER NOT NULL, attempts INTEGER NOT NULL, status INTEGER,
      failure TEXT, log TEXT, log_digest TEXT
    ) STRICT;
    CREATE INDEX run_experiment ON run(experiment_id);
    CREATE INDEX run_step ON run(step, ended);
    CREATE INDEX run_fingerprint ON run(fingerprint_id);
    CREATE TABLE step (
      experiment_id INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
      name TEXT NOT NULL, position INTEGER NOT NULL, ending TEXT NOT NULL, reasons TEXT,
      run_id INTEGER REFERENCES run, PRIMARY KEY (experiment_id, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX step_run ON step(run_id);
    CREATE TABLE run_parameter (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL,
      value TEXT NOT NULL, PRIMARY KEY (run_id, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE metric (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL,
      number REAL, text TEXT, PRIMARY KEY (run_id, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE metric_point (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL,
      position INTEGER NOT NULL, step REAL NOT NULL, number REAL, text TEXT, time REAL,
      PRIMARY KEY (run_id, name, position)
    ) STRICT, WITHOUT ROWID;
    """

  private static let versions = """
    CREATE TABLE artifact (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, path TEXT NOT NULL,
      latest_id INTEGER
    ) STRICT;
    CREATE TABLE version (
      id INTEGER PRIMARY KEY, artifact_id INTEGER NOT NULL REFERENCES artifact,
      number INTEGER NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
      created INTEGER NOT NULL, run_id INTEGER REFERENCES run ON DELETE SET NULL,
      UNIQUE (artifact_id, number), UNIQUE (artifact_id, digest, kind)
    ) STRICT;
    CREATE INDEX version_digest ON version(digest);
    CREATE INDEX version_run ON version(run_id);
    CREATE TABLE run_input (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, input TEXT NOT NULL,
      version_id INTEGER NOT NULL REFERENCES version, PRIMARY KEY (run_id, input, version_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_input_version ON run_input(version_id);
    CREATE TABLE run_output (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      version_id INTEGER NOT NULL REFERENCES version, PRIMARY KEY (run_id, version_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_output_version ON run_output(version_id);
    """

  private static let models = """
    CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE model_version (
      id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL REFERENCES model,
      number INTEGER NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
      created INTEGER NOT NULL, artifact TEXT NOT NULL,
      UNIQUE (model_id, number), UNIQUE (model_id, digest, kind)
    ) STRICT;
    CREATE TABLE move (
      id INTEGER PRIMARY KEY, gid TEXT NOT NULL UNIQUE,
      model_id INTEGER NOT NULL REFERENCES model, act TEXT NOT NULL, alias TEXT NOT NULL,
      version_id INTEGER NOT NULL REFERENCES model_version,
      from_id INTEGER REFERENCES model_version, time INTEGER NOT NULL, who TEXT NOT NULL,
      why TEXT NOT NULL, metrics TEXT NOT NULL, experiment TEXT, git_commit TEXT
    ) STRICT;
    CREATE INDEX move_model ON move(model_id, alias, time);
    CREATE TRIGGER move_is_never_changed BEFORE UPDATE ON move
      BEGIN SELECT RAISE(ABORT, 'the log of moves is append-only'); END;
    CREATE TRIGGER move_is_never_removed BEFORE DELETE ON move
      BEGIN SELECT RAISE(ABORT, 'the log of moves is append-only'); END;
    CREATE TABLE unmirrored (move_id INTEGER PRIMARY KEY REFERENCES move) STRICT;
    """
}
