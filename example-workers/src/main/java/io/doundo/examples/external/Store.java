package io.doundo.examples.external;

import io.doundo.examples.external.LedgerEntry.EntryKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/**
 * The database of the outside world: {@code things} are what exists now, {@code ledger} is every
 * effect there ever was. An effect and its line are one transaction, which a process that is killed
 * has had or has not had. Processes on one host may share the file. Thread-safe.
 *
 * <p>To look at it: {@code sqlite3 data/examples/store.db 'select * from ledger'}.
 */
public final class Store {

  private static final int BUSY_MS = 30_000;

  private static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS ledger (
            effect_id TEXT PRIMARY KEY, began INTEGER NOT NULL, at INTEGER NOT NULL,
            instance TEXT NOT NULL,
            orchestration TEXT NOT NULL, step TEXT NOT NULL, flow_id TEXT NOT NULL,
            action TEXT NOT NULL, generation INTEGER NOT NULL, attempt INTEGER NOT NULL,
            idempotency_key TEXT NOT NULL, thing_id TEXT, kind TEXT NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS things (
            thing_id TEXT PRIMARY KEY, orchestration TEXT NOT NULL, step TEXT NOT NULL,
            flow_id TEXT NOT NULL, details TEXT NOT NULL,
            created_by TEXT NOT NULL REFERENCES ledger(effect_id))""",
          "CREATE INDEX IF NOT EXISTS ledger_by_flow ON ledger (flow_id, step)",
          "CREATE INDEX IF NOT EXISTS ledger_by_key ON ledger (idempotency_key)",
          "CREATE INDEX IF NOT EXISTS things_by_flow ON things (flow_id, step)",
          """
          CREATE TRIGGER IF NOT EXISTS ledger_is_not_changed BEFORE UPDATE ON ledger
          BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
          """
          CREATE TRIGGER IF NOT EXISTS ledger_is_not_cut BEFORE DELETE ON ledger
          BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""");

  /**
   * The thing created by a call.
   *
   * @param fresh whether this call made it
   * @param first whether this call was the first of its step, flow and action to have an effect
   */
  record Creation(String thingId, boolean fresh, boolean first) {}

  private final JdbcClient sql;
  private final TransactionTemplate transaction;
  private final String instance;

  private Store(SQLiteDataSource database, String instance) {
    this.sql = JdbcClient.create(database);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(database));
    this.instance = instance;
  }

  /**
   * Opens the store, and makes it when it is not there.
   *
   * @param instance how this process is called in the ledger; host and process id when null
   */
  public static Store open(Path file, @Nullable String instance) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    Store store = new Store(database(file, false), instance == null ? here() : instance);
    store.transaction.executeWithoutResult(
        status -> SCHEMA.forEach(statement -> store.sql.sql(statement).update()));
    return store;
  }

  /** Opens a store to look at; what would change it fails. */
  public static Store read(Path file) {
    return new Store(database(file, true), "reader");
  }

  private static SQLiteDataSource database(Path file, boolean readOnly) {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setBusyTimeout(BUSY_MS);
    if (!readOnly) {
      config.setJournalMode(JournalMode.WAL);
      config.setSynchronous(SynchronousMode.NORMAL);
      config.setTransactionMode(TransactionMode.IMMEDIATE);
    }
    SQLiteDataSource database = new SQLiteDataSource(config);
    database.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return database;
  }

  private static String here() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "localhost";
    }
    return host + '-' + ProcessHandle.current().pid();
  }

  /** Makes a thing, unless its idempotency key is known and still stands for one. */
  Creation create(CallContext call, String details, boolean another) {
    return inTransaction(() -> make(call, details, another));
  }

  /**
   * The same, for callers without a fence: nothing is made for a step that was undone, if only to
   * find nothing. Asked and made in one transaction, or an UNDO could come in between.
   */
  Optional<Creation> createUnlessUndone(CallContext call, String details, boolean another) {
    return inTransaction(
        () ->
            effects(call, CallContext.UNDO) > 0
                ? Optional.empty()
                : Optional.of(make(call, details, another)));
  }

  private Creation make(CallContext call, String details, boolean another) {
    Optional<String> known = another ? Optional.empty() : standingFor(call.idempotencyKey());
    if (known.isPresent()) {
      return new Creation(known.get(), false, false);
    }
    boolean first = effects(call, call.action()) == 0;
    String thing = call.step() + '-' + UUID.randomUUID().toString().substring(0, 13);
    String effect = append(call, thing, EntryKind.CREATED);
    sql.sql("INSERT INTO things VALUES (?, ?, ?, ?, ?, ?)")
        .params(thing, call.orchestration(), call.step(), call.flowId(), details, effect)
        .update();
    return new Creation(thing, true, first);
  }

  /** Removes what the step of the flow has made; whether this was the first such call. */
  boolean remove(CallContext call) {
    return inTransaction(
        () -> {
          boolean first = effects(call, call.action()) == 0;
          List<Thing> made =
              things(call.flowId()).stream()
                  .filter(thing -> thing.orchestration().equals(call.orchestration()))
                  .filter(thing -> thing.step().equals(call.step()))
                  .toList();
          for (Thing thing : made) {
            sql.sql("DELETE FROM things WHERE thing_id = ?").param(thing.thingId()).update();
            append(call, thing.thingId(), EntryKind.REMOVED);
          }
          if (made.isEmpty()) {
            append(call, null, EntryKind.NOTHING_TO_REMOVE);
          }
          return first;
        });
  }

  Optional<String> find(String orchestration, String step, String flowId) {
    return things(flowId).stream()
        .filter(thing -> thing.orchestration().equals(orchestration) && thing.step().equals(step))
        .map(Thing::thingId)
        .findFirst();
  }

  /** The things of a flow that still exist. */
  public List<Thing> things(String flowId) {
    return sql.sql("SELECT * FROM things WHERE flow_id = ? ORDER BY step, thing_id")
        .param(flowId)
        .query(Store::thing)
        .list();
  }

  /** Everything that stands. */
  public List<Thing> things() {
    return sql.sql("SELECT * FROM things ORDER BY flow_id, step, thing_id")
        .query(Store::thing)
        .list();
  }

  /** The ledger of a flow, in order. */
  public List<LedgerEntry> ledger(String flowId) {
    return sql.sql("SELECT * FROM ledger WHERE flow_id = ? ORDER BY rowid")
        .param(flowId)
        .query(Store::line)
        .list();
  }

  /** Everything that was ever done, in its order. */
  public List<LedgerEntry> ledger() {
    return sql.sql("SELECT * FROM ledger ORDER BY rowid").query(Store::line).list();
  }

  private <T> T inTransaction(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(status -> work.get()));
  }

  private Optional<String> standingFor(String idempotencyKey) {
    return sql.sql(
            "SELECT thing_id FROM things WHERE created_by IN"
                + " (SELECT effect_id FROM ledger WHERE idempotency_key = ?) LIMIT 1")
        .param(idempotencyKey)
        .query(String.class)
        .optional();
  }

  private int effects(CallContext call, String action) {
    return sql.sql(
            "SELECT count(*) FROM ledger WHERE flow_id = ? AND step = ? AND orchestration = ?"
                + " AND action = ?")
        .params(call.flowId(), call.step(), call.orchestration(), action)
        .query(Integer.class)
        .single();
  }

  private String append(CallContext call, @Nullable String thing, EntryKind kind) {
    String id = UUID.randomUUID().toString();
    sql.sql("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(id)
        .param(call.began())
        .param(System.currentTimeMillis())
        .param(instance)
        .param(call.orchestration())
        .param(call.step())
        .param(call.flowId())
        .param(call.action())
        .param(call.generation())
        .param(call.attempt())
        .param(call.idempotencyKey())
        .param(thing)
        .param(kind.name())
        .update();
    return id;
  }

  private static Thing thing(ResultSet row, int number) throws SQLException {
    return new Thing(
        row.getString("thing_id"),
        row.getString("orchestration"),
        row.getString("step"),
        row.getString("flow_id"),
        row.getString("details"),
        row.getString("created_by"));
  }

  private static LedgerEntry line(ResultSet row, int number) throws SQLException {
    return new LedgerEntry(
        row.getString("effect_id"),
        row.getLong("began"),
        row.getLong("at"),
        row.getString("instance"),
        row.getString("orchestration"),
        row.getString("step"),
        row.getString("flow_id"),
        row.getString("action"),
        row.getInt("generation"),
        row.getInt("attempt"),
        row.getString("idempotency_key"),
        row.getString("thing_id"),
        EntryKind.valueOf(row.getString("kind")));
  }
}
