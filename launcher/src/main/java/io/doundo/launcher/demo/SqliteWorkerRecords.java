package io.doundo.launcher.demo;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.demo.ObservedFlow.EffectKind;
import io.doundo.launcher.demo.ObservedFlow.ExistingThing;
import io.doundo.launcher.demo.ObservedFlow.LedgerEffect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The store of the example workers, a SQLite file, read beside them. It uses none of their code:
 * their claims are checked against what they wrote. Thread-safe.
 */
final class SqliteWorkerRecords implements WorkerRecords {

  private static final String EFFECTS =
      "SELECT step, kind, thing_id, instance FROM ledger"
          + " WHERE flow_id = ? AND kind IN ('CREATED', 'REMOVED') ORDER BY rowid";
  private static final String THINGS =
      "SELECT step, thing_id FROM things WHERE flow_id = ? ORDER BY step, thing_id";

  private final Path file;

  SqliteWorkerRecords(Path file) {
    this.file = file;
  }

  /** Makes something of a row. */
  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  @Override
  public List<LedgerEffect> effects(String flowId) {
    return query(
        EFFECTS,
        flowId,
        row ->
            new LedgerEffect(
                row.getString(1),
                EffectKind.valueOf(row.getString(2)),
                row.getString(3),
                row.getString(4)));
  }

  @Override
  public List<ExistingThing> things(String flowId) {
    return query(THINGS, flowId, row -> new ExistingThing(row.getString(1), row.getString(2)));
  }

  private <T> List<T> query(String sql, String flowId, Row<T> reader) {
    if (!Files.exists(file)) {
      throw unreadable("the file does not exist", null);
    }
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=5000");
        PreparedStatement statement = store.prepareStatement(sql)) {
      statement.setString(1, flowId);
      List<T> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(reader.read(result));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw unreadable(String.valueOf(e.getMessage()), e);
    }
  }

  private CommandFailure unreadable(String reason, @Nullable Exception cause) {
    return new CommandFailure(
        ExitCodes.REFUSED,
        "The example workers' store %s cannot be read: %s. If they use another one, name it: --data DIRECTORY"
            .formatted(file, reason),
        null,
        cause);
  }
}
