package io.doundo.plans.draft;

import io.doundo.plans.json.PlanJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/**
 * The drafts. Every change is one statement that says what it expects, so that it may be repeated
 * and does nothing to a draft that has moved on. A database that does not answer is a {@link
 * DataAccessException}. Thread-safe.
 */
public final class DraftStore {

  /** Several processes that start at once create the table once. */
  private static final String SCHEMA =
      """
      DO $$ BEGIN
        PERFORM pg_advisory_xact_lock(7246036);
        CREATE TABLE IF NOT EXISTS draft (
          draft_id text PRIMARY KEY, plan_id text NOT NULL, name text NOT NULL, status text NOT NULL,
          revision bigint NOT NULL, base_version text, base json, data json NOT NULL,
          approvers json NOT NULL, escalation json NOT NULL, submitted_by text, flow_id text,
          comments text, decided_by text, published_version text, updated timestamptz NOT NULL);
      END $$
      """;

  private static final int PROBE_SECONDS = 2;
  private static final String LOCKED = " status IN ('in_approval', 'conflict') ";
  private static final String OF_THE_FLOW = " WHERE draft_id = :draftId AND flow_id = :flowId AND ";
  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};

  private final JdbcClient sql;
  private final AtomicBoolean prepared = new AtomicBoolean();

  public DraftStore(JdbcClient sql) {
    this.sql = sql;
  }

  /** The database, with its table. */
  private JdbcClient sql() {
    if (!prepared.get()) {
      sql.sql(SCHEMA).update();
      prepared.set(true);
    }
    return sql;
  }

  public Optional<Draft> find(String draftId) {
    return sql()
        .sql("SELECT * FROM draft WHERE draft_id = :draftId")
        .param("draftId", draftId)
        .query(DraftStore::draft)
        .optional();
  }

  /** The drafts of a plan, the one that changed last first. */
  public List<Draft> ofPlan(String planId) {
    return sql()
        .sql("SELECT * FROM draft WHERE plan_id = :planId ORDER BY updated DESC")
        .param("planId", planId)
        .query(DraftStore::draft)
        .list();
  }

  /**
   * All drafts, by their ids.
   *
   * @param status null for any
   */
  public List<Draft> list(@Nullable DraftStatus status) {
    return sql()
        .sql(
            "SELECT * FROM draft WHERE :status::text IS NULL OR status = :status ORDER BY draft_id")
        .param("status", status == null ? null : status.word())
        .query(DraftStore::draft)
        .list();
  }

  /** Asks whether the database answers, and waits two seconds at most for a connected one. */
  public void probe() {
    sql.sql("SELECT 1").withQueryTimeout(PROBE_SECONDS).query(Integer.class).single();
  }

  /**
   * Keeps what an author has written, as a draft.
   *
   * @param draft of the revision that the author has seen; 0 for a new one
   * @return the new revision; nothing when the draft has another revision, or an approval has it
   */
  public Optional<Draft> save(Draft draft) {
    String statement =
        draft.revision() == 0
            ? """
              INSERT INTO draft VALUES (:draftId, :planId, :name, 'draft', 1, :baseVersion,
                :base::json, :data::json, :approvers::json, :escalation::json, NULL, NULL, NULL, NULL,
                NULL, now())
              ON CONFLICT (draft_id) DO NOTHING RETURNING *
              """
            : """
              UPDATE draft SET name = :name, status = 'draft', revision = revision + 1,
                base_version = :baseVersion, base = :base::json, data = :data::json,
                approvers = :approvers::json, escalation = :escalation::json, updated = now()
              WHERE draft_id = :draftId AND plan_id = :planId AND revision = :revision AND NOT
              """
                + LOCKED
                + "RETURNING *";
    return sql()
        .sql(statement)
        .param("draftId", draft.draftId())
        .param("planId", draft.planId())
        .param("name", draft.name())
        .param("revision", draft.revision())
        .param("baseVersion", draft.baseVersion())
        .param("base", json(draft.base()))
        .param("data", json(draft.data()))
        .param("approvers", json(draft.approvers()))
        .param("escalation", json(draft.escalation()))
        .query(DraftStore::draft)
        .optional();
  }

  /**
   * Notes who submits a revision. Of several people at once the first one does; the same person may
   * repeat it.
   *
   * @param flowId of this revision's approval
   * @return whether it is this person; false also when the draft has another revision, or an
   *     approval has it
   */
  public boolean claim(String draftId, long revision, String flowId, String submittedBy) {
    return sql()
            .sql(
                "UPDATE draft SET flow_id = :flowId, submitted_by = :submittedBy, updated = now()"
                    + " WHERE draft_id = :draftId AND revision = :revision AND NOT"
                    + LOCKED
                    + "AND (flow_id IS DISTINCT FROM :flowId OR submitted_by = :submittedBy)")
            .param("flowId", flowId)
            .param("submittedBy", submittedBy)
            .param("draftId", draftId)
            .param("revision", revision)
            .update()
        == 1;
  }

  /**
   * Gives a draft to a flow. From then on nobody changes it.
   *
   * @param revision that was submitted
   * @param previous the flow of the round before, which has it; null in the first round
   * @return whether this flow has it now
   */
  public boolean lock(
      String draftId, long revision, String flowId, @Nullable String previous, String submittedBy) {
    int changed =
        sql()
            .sql(
                "UPDATE draft SET status = 'in_approval', flow_id = :flowId,"
                    + " submitted_by = :submittedBy, comments = NULL, decided_by = NULL,"
                    + " updated = now() WHERE draft_id = :draftId AND revision = :revision AND"
                    + " CASE WHEN :previous::text IS NULL THEN NOT"
                    + LOCKED
                    + "ELSE flow_id = :previous AND"
                    + LOCKED
                    + "END")
            .param("flowId", flowId)
            .param("submittedBy", submittedBy)
            .param("draftId", draftId)
            .param("revision", revision)
            .param("previous", previous)
            .update();
    return changed == 1 || isLockedBy(draftId, flowId);
  }

  private boolean isLockedBy(String draftId, String flowId) {
    return find(draftId)
        .filter(draft -> flowId.equals(draft.flowId()) && draft.status().isLocked())
        .isPresent();
  }

  /** Gives a draft back to its author, unless the flow does not have it any more. */
  public void unlock(String draftId, String flowId) {
    update(
        "UPDATE draft SET status = 'draft', revision = revision + 1, updated = now()"
            + OF_THE_FLOW
            + LOCKED,
        draftId,
        flowId);
  }

  /** Says whether its author has to resolve a conflict; only while the flow has it. */
  public void markConflict(String draftId, String flowId, boolean conflict) {
    update(
        "UPDATE draft SET status = '"
            + (conflict ? DraftStatus.CONFLICT : DraftStatus.IN_APPROVAL).word()
            + "', updated = now()"
            + OF_THE_FLOW
            + LOCKED,
        draftId,
        flowId);
  }

  /** Puts a draft onto another published version, while the flow has it. */
  public void rebase(Draft draft, String flowId) {
    sql()
        .sql(
            "UPDATE draft SET base_version = :baseVersion, base = :base::json, data = :data::json,"
                + " updated = now()"
                + OF_THE_FLOW
                + LOCKED)
        .param("baseVersion", draft.baseVersion())
        .param("base", json(draft.base()))
        .param("data", json(draft.data()))
        .param("draftId", draft.draftId())
        .param("flowId", flowId)
        .update();
  }

  /**
   * Notes how the approval has ended. A draft that the flow does not have any more stays as it is.
   *
   * @param version that was published; null when none was
   */
  public void decide(
      String draftId,
      String flowId,
      DraftStatus status,
      String decidedBy,
      String comments,
      @Nullable String version) {
    sql()
        .sql(
            "UPDATE draft SET status = :status, revision = revision + 1, decided_by = :decidedBy,"
                + " comments = :comments, published_version = coalesce(:version, published_version),"
                + " updated = now()"
                + OF_THE_FLOW
                + LOCKED)
        .param("status", status.word())
        .param("decidedBy", decidedBy)
        .param("comments", comments)
        .param("version", version)
        .param("draftId", draftId)
        .param("flowId", flowId)
        .update();
  }

  /** Takes a decision back, unless the draft has been changed since. */
  public void reopen(String draftId, String flowId) {
    update(
        "UPDATE draft SET status = 'in_approval', decided_by = NULL, comments = NULL,"
            + " published_version = NULL, updated = now()"
            + OF_THE_FLOW
            + "status IN ('approved', 'rejected')",
        draftId,
        flowId);
  }

  private void update(String statement, String draftId, String flowId) {
    sql().sql(statement).param("draftId", draftId).param("flowId", flowId).update();
  }

  private static @Nullable String json(@Nullable Object value) {
    return value == null ? null : PlanJson.MAPPER.writeValueAsString(value);
  }

  private static Draft draft(ResultSet row, int number) throws SQLException {
    String base = row.getString("base");
    OffsetDateTime updated = row.getObject("updated", OffsetDateTime.class);
    return new Draft(
        text(row, "draft_id"),
        text(row, "plan_id"),
        text(row, "name"),
        DraftStatus.of(text(row, "status")),
        row.getLong("revision"),
        row.getString("base_version"),
        base == null ? null : PlanJson.object(base),
        PlanJson.object(text(row, "data")),
        names(text(row, "approvers")),
        names(text(row, "escalation")),
        row.getString("submitted_by"),
        row.getString("flow_id"),
        row.getString("comments"),
        row.getString("decided_by"),
        row.getString("published_version"),
        Objects.requireNonNull(updated).toInstant());
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getString(column));
  }

  private static List<String> names(String json) {
    return PlanJson.MAPPER.readValue(json, NAMES);
  }
}
