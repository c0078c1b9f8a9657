package io.doundo.fhirstore;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * All versions of all plans, in Postgres. Every write is one SQL statement that compares the
 * version it expects and keeps the new one in the history: of two writers that expect the same
 * version, one writes and the other finds that it cannot. Thread-safe.
 */
final class PlanTable {

  /** Two instances that start at once create the tables once. */
  private static final String SCHEMA =
      """
      SELECT pg_advisory_xact_lock(7246035);
      CREATE TABLE IF NOT EXISTS plan (
        id text PRIMARY KEY, version bigint NOT NULL, deleted boolean NOT NULL,
        updated timestamptz NOT NULL, content text);
      CREATE TABLE IF NOT EXISTS plan_version (
        id text, version bigint, deleted boolean NOT NULL, updated timestamptz NOT NULL, content text,
        PRIMARY KEY (id, version));
      CREATE INDEX IF NOT EXISTS plan_identifier ON plan
        USING gin ((content::jsonb -> 'identifier') jsonb_path_ops)
      """;

  private static final String KEPT =
      """
       RETURNING id, version, deleted, updated, content),
      kept AS (INSERT INTO plan_version SELECT * FROM written)
      SELECT * FROM written
      """;

  /** Creates a plan that has never existed. */
  private static final String CREATE =
      """
      WITH written AS (
        INSERT INTO plan VALUES (?, 1, false, clock_timestamp(), ?)
        ON CONFLICT (id) DO NOTHING
      """
          + KEPT;

  /** The version may be a deletion: then the plan is published anew. */
  private static final String UPDATE =
      """
      WITH written AS (
        UPDATE plan SET version = version + 1, deleted = false, updated = clock_timestamp(), content = ?
        WHERE id = ? AND version = ?
      """
          + KEPT;

  private static final String DELETE =
      """
      WITH written AS (
        UPDATE plan SET version = version + 1, deleted = true, updated = clock_timestamp(), content = NULL
        WHERE id = ? AND NOT deleted AND version = coalesce(?, version)
      """
          + KEPT;

  private static final String FIND =
      "SELECT id, version, deleted, updated, content FROM plan WHERE id = ?";
  private static final String FIND_VERSION =
      "SELECT id, version, deleted, updated, content FROM plan_version WHERE id = ? AND version = ?";
  private static final String HISTORY =
      "SELECT id, version, deleted, updated, content FROM plan_version WHERE id = ?"
          + " ORDER BY version DESC";
  private static final String SEARCH =
      "SELECT id, version, deleted, updated, content FROM plan WHERE NOT deleted"
          + " AND (?::jsonb IS NULL OR content::jsonb -> 'identifier' @> ?::jsonb) ORDER BY id";

  /**
   * One version of one plan.
   *
   * @param content its JSON; null when this version is its deletion
   */
  record PlanRow(String id, long version, Instant updated, @Nullable String content) {
    boolean deleted() {
      return content == null;
    }
  }

  private final DataSource database;
  private final AtomicBoolean prepared = new AtomicBoolean();

  PlanTable(DataSource database) {
    this.database = database;
  }

  /** The new version; nothing when the plan exists, or has ever existed. */
  Optional<PlanRow> create(String id, String content) throws SQLException {
    return first(CREATE, id, content);
  }

  /** The new version; nothing when the plan does not have the expected version. */
  Optional<PlanRow> update(String id, long expected, String content) throws SQLException {
    return first(UPDATE, content, id, expected);
  }

  /**
   * Deletes a plan.
   *
   * @param expected null for any
   * @return the version of the deletion; nothing when there is no plan of the expected version
   */
  Optional<PlanRow> delete(String id, @Nullable Long expected) throws SQLException {
    return first(DELETE, id, expected);
  }

  /** The newest version, which may be a deletion. */
  Optional<PlanRow> find(String id) throws SQLException {
    return first(FIND, id);
  }

  Optional<PlanRow> find(String id, long version) throws SQLException {
    return first(FIND_VERSION, id, version);
  }

  /** Newest first. */
  List<PlanRow> history(String id) throws SQLException {
    return rows(HISTORY, id);
  }

  /**
   * The plans that are not deleted.
   *
   * @param identifier JSON of a list that the plan's identifiers contain; null for all plans
   */
  List<PlanRow> search(@Nullable String identifier) throws SQLException {
    return rows(SEARCH, identifier, identifier);
  }

  private Optional<PlanRow> first(String sql, @Nullable Object... parameters) throws SQLException {
    return rows(sql, parameters).stream().findFirst();
  }

  private List<PlanRow> rows(String sql, @Nullable Object... parameters) throws SQLException {
    try (Connection connection = database.getConnection()) {
      prepare(connection);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < parameters.length; i++) {
          set(statement, i + 1, parameters[i]);
        }
        try (ResultSet found = statement.executeQuery()) {
          List<PlanRow> rows = new ArrayList<>();
          while (found.next()) {
            rows.add(row(found));
          }
          return rows;
        }
      }
    }
  }

  private static void set(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    if (value instanceof Long number) {
      statement.setLong(index, number);
    } else if (value == null) {
      // The statement says which type it expects.
      statement.setNull(index, java.sql.Types.NULL);
    } else {
      statement.setString(index, (String) value);
    }
  }

  private static PlanRow row(ResultSet found) throws SQLException {
    OffsetDateTime updated =
        Objects.requireNonNull(found.getObject("updated", OffsetDateTime.class));
    return new PlanRow(
        Objects.requireNonNull(found.getString("id")),
        found.getLong("version"),
        updated.toInstant(),
        found.getString("content"));
  }

  private void prepare(Connection connection) throws SQLException {
    if (!prepared.get()) {
      try (var statement = connection.createStatement()) {
        statement.execute(SCHEMA);
      }
      prepared.set(true);
    }
  }
}
