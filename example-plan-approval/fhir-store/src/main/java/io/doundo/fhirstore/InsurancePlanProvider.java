package io.doundo.fhirstore;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntryTransactionMethodEnum;
import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.Delete;
import ca.uhn.fhir.rest.annotation.History;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.annotation.Validate;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import io.doundo.fhirstore.PlanTable.PlanRow;
import java.sql.SQLException;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.InsurancePlan;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Insurance plans over FHIR. An update says which version it replaces ({@code If-Match}), or that
 * there never was one ({@code If-None-Match: *}); one that says neither may only create. To publish
 * a deleted plan anew, it names the version of the deletion. What it says is compared in the write
 * itself, and answered with 412 when it is not so. A database that is away is a 503; such a write
 * may have been made all the same.
 */
public final class InsurancePlanProvider implements IResourceProvider {

  private static final String TYPE = "InsurancePlan";
  private static final Pattern VERSION = Pattern.compile("(?:W/)?\"?(\\d{1,18})\"?");
  private static final int UNAVAILABLE = 503;

  /** The SQL states of data that no repetition makes acceptable. */
  private static final Pattern REFUSED = Pattern.compile("2[23].*");

  /** A query or a write, which may fail for want of a database. */
  private interface Query<T> {
    T run() throws SQLException;
  }

  private final PlanTable plans;
  private final FhirContext context;

  InsurancePlanProvider(PlanTable plans, FhirContext context) {
    this.plans = plans;
    this.context = context;
  }

  @Override
  public Class<InsurancePlan> getResourceType() {
    return InsurancePlan.class;
  }

  @Create
  public MethodOutcome create(@ResourceParam InsurancePlan plan) {
    return created(UUID.randomUUID().toString(), plan);
  }

  @Update
  public MethodOutcome update(
      @IdParam IdType id, @ResourceParam InsurancePlan plan, RequestDetails request) {
    String key = id.getIdPart();
    Long expected = expected(request);
    if (expected == null) {
      return created(key, plan);
    }
    PlanRow written =
        query(() -> plans.update(key, expected, json(plan)))
            .orElseThrow(() -> new PreconditionFailedException(instead(key, expected)));
    return new MethodOutcome(id(written)).setResource(plan(written));
  }

  private MethodOutcome created(String key, InsurancePlan plan) {
    PlanRow written =
        query(() -> plans.create(key, json(plan)))
            .orElseThrow(() -> new PreconditionFailedException(instead(key, null)));
    return new MethodOutcome(id(written), true).setResource(plan(written));
  }

  /** Of a plan that is deleted already, with no version expected, it changes nothing. */
  @Delete
  public MethodOutcome delete(@IdParam IdType id, RequestDetails request) {
    String key = id.getIdPart();
    Long expected = expected(request);
    Optional<PlanRow> written = query(() -> plans.delete(key, expected));
    if (written.isEmpty() && expected != null) {
      throw new PreconditionFailedException(instead(key, expected));
    }
    return new MethodOutcome(written.map(InsurancePlanProvider::id).orElse(id));
  }

  @Read(version = true)
  public InsurancePlan read(@IdParam IdType id) {
    String key = id.getIdPart();
    Optional<PlanRow> found =
        id.hasVersionIdPart()
            ? query(() -> plans.find(key, version(id.getVersionIdPart())))
            : query(() -> plans.find(key));
    PlanRow row = found.orElseThrow(() -> new ResourceNotFoundException(id));
    if (row.deleted()) {
      throw new ResourceGoneException(
          "%s/%s was deleted in version %d".formatted(TYPE, key, row.version()));
    }
    return plan(row);
  }

  /** All versions, newest first. */
  @History
  public List<InsurancePlan> history(@IdParam IdType id) {
    List<PlanRow> versions = query(() -> plans.history(id.getIdPart()));
    if (versions.isEmpty()) {
      throw new ResourceNotFoundException(id);
    }
    return versions.stream().map(this::plan).toList();
  }

  /** All plans, or those with an identifier. */
  @Search
  public List<InsurancePlan> search(
      @OptionalParam(name = InsurancePlan.SP_IDENTIFIER) @Nullable TokenParam identifier) {
    String wanted = identifier == null ? null : identifiers(identifier);
    return query(() -> plans.search(wanted)).stream().map(this::plan).toList();
  }

  /** Whether the plan could be read; the parser has refused it otherwise. */
  @Validate
  public MethodOutcome validate(@ResourceParam InsurancePlan plan) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(OperationOutcome.IssueSeverity.INFORMATION)
        .setCode(OperationOutcome.IssueType.INFORMATIONAL)
        .setDiagnostics("No issues detected");
    return new MethodOutcome().setOperationOutcome(outcome);
  }

  /** What {@code If-Match} names; null when the plan is to be created. */
  private static @Nullable Long expected(RequestDetails request) {
    String match = request.getHeader("If-Match");
    return match == null ? null : Long.valueOf(version(match.strip()));
  }

  private static long version(String text) {
    Matcher version = VERSION.matcher(text);
    if (!version.matches()) {
      throw new InvalidRequestException("not a version of this store: " + text);
    }
    return Long.parseLong(version.group(1));
  }

  /** Why the write was refused. */
  private String instead(String key, @Nullable Long expected) {
    String wanted = expected == null ? "not exist yet" : "have version " + expected;
    String is =
        query(() -> plans.find(key))
            .map(
                row ->
                    row.deleted()
                        ? "it was deleted in version " + row.version()
                        : "it has version " + row.version())
            .orElse("it does not exist");
    return "%s/%s should %s, but %s; nothing was written".formatted(TYPE, key, wanted, is);
  }

  private static <T> T query(Query<T> query) {
    try {
      return query.run();
    } catch (SQLException e) {
      if (REFUSED.matcher(String.valueOf(e.getSQLState())).matches()) {
        throw new UnprocessableEntityException(
            "the database of the FHIR store cannot hold this: " + e.getMessage());
      }
      throw new UnclassifiedServerFailureException(
          UNAVAILABLE, "the database of the FHIR store did not answer: " + e.getMessage());
    }
  }

  private String json(InsurancePlan plan) {
    return context.newJsonParser().encodeResourceToString(plan);
  }

  private static IdType id(PlanRow row) {
    return new IdType(TYPE, row.id(), Long.toString(row.version()));
  }

  private InsurancePlan plan(PlanRow row) {
    InsurancePlan plan =
        row.content() == null
            ? new InsurancePlan()
            : context.newJsonParser().parseResource(InsurancePlan.class, row.content());
    plan.setId(id(row));
    plan.getMeta()
        .setVersionId(Long.toString(row.version()))
        .setLastUpdated(Date.from(row.updated()));
    if (row.deleted()) {
      ResourceMetadataKeyEnum.DELETED_AT.put(plan, new InstantType(Date.from(row.updated())));
      ResourceMetadataKeyEnum.ENTRY_TRANSACTION_METHOD.put(
          plan, BundleEntryTransactionMethodEnum.DELETE);
    }
    return plan;
  }

  private String identifiers(TokenParam wanted) {
    Identifier identifier = new Identifier().setValue(wanted.getValue());
    if (wanted.getSystem() != null && !wanted.getSystem().isEmpty()) {
      identifier.setSystem(wanted.getSystem());
    }
    InsurancePlan pattern = new InsurancePlan().addIdentifier(identifier);
    String json = json(pattern);
    return json.substring(json.indexOf('['), json.lastIndexOf(']') + 1);
  }
}
