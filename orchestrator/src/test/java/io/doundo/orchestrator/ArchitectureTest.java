package io.doundo.orchestrator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.api.request.EventStreams;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ScheduleVerb;
import io.doundo.protocol.Topics;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.text.DurationText;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Random;
import java.util.UUID;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The shape of the module: which package may depend on which, and what the core must never do. */
@AnalyzeClasses(
    packages = {"io.doundo.orchestrator", "io.doundo.expression", "io.doundo.protocol"},
    importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "io.doundo.orchestrator.";
  private static final String CORE = ROOT + "core..";
  private static final String EVALUATION = ROOT + "evaluation..";
  private static final String EXPRESSION = "io.doundo.expression..";
  private static final String DEFINITION = ROOT + "definition";
  private static final String COMPILER = ROOT + "definition.compiler..";
  private static final String SCHEDULE = ROOT + "schedule";
  private static final String BREAKER = ROOT + "breaker";
  private static final String NOTIFY = ROOT + "notify";
  private static final String AUDIT = ROOT + "audit..";
  private static final String ENGINE = ROOT + "streams";
  private static final String STREAMS = ENGINE + "..";
  private static final String REGISTRATION = ROOT + "registration..";
  private static final String READS = ROOT + "query";
  private static final String QUERY = READS + "..";
  private static final String API = ROOT + "api..";
  private static final String APP = ROOT + "app..";
  private static final String PLAY = ROOT + "play..";
  private static final String PROTOCOL = "io.doundo.protocol..";

  /**
   * The types that the core shares with the wire: an action or a verb has the same name everywhere,
   * and a duration the same form.
   */
  private static final DescribedPredicate<JavaClass> WORDS_OF_THE_WIRE =
      belongToAnyOf(
          CommandAction.class, ControlAction.class, DurationText.class, KnownEffect.class);

  /** Constants and values without behaviour that the definition of a request is made of. */
  private static final DescribedPredicate<JavaClass> WORDS_OF_REQUESTS =
      belongToAnyOf(Topics.class, HttpMethod.class, HttpOutcome.class, HttpOutcomes.class);

  @ArchTest
  static final ArchRule CORE_IS_PURE =
      classes()
          .that()
          .resideInAPackage(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "org.jspecify..", CORE, DEFINITION)
                  .or(WORDS_OF_THE_WIRE))
          .because(
              "the core is a function of definition, state and event: only so can the simulator run"
                  + " a million of its flows, and a replay come to the same decisions");

  @ArchTest
  static final ArchRule DEFINITIONS_ARE_PURE =
      classes()
          .that()
          .resideInAPackage(DEFINITION)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "org.jspecify..", DEFINITION)
                  .or(WORDS_OF_THE_WIRE)
                  .or(WORDS_OF_REQUESTS))
          .because("the core is as pure as the definitions it reads");

  @ArchTest
  static final ArchRule SCHEDULES_ARE_DECIDED_PURELY =
      classes()
          .that()
          .resideInAPackage(SCHEDULE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java..", "org.jspecify..", "com.cronutils..", SCHEDULE, DEFINITION)
                  .or(belongToAnyOf(ScheduleVerb.class)))
          .because(
              "what fires is a function of the schedule, its state and the time in the event: only so"
                  + " can a year with both changes of the clock be tried in a second");

  @ArchTest
  static final ArchRule BREAKERS_ARE_DECIDED_PURELY =
      classes()
          .that()
          .resideInAPackage(BREAKER)
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", BREAKER))
          .because(
              "when a breaker opens and closes is a function of its state and the time in the"
                  + " event: only so can an hour of faults be tried in a millisecond");

  @ArchTest
  static final ArchRule ONLY_SCHEDULES_KNOW_THE_CRON_LIBRARY =
      noClasses()
          .that()
          .resideOutsideOfPackage(SCHEDULE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.cronutils..")
          .because("what an expression means, and when clocks change, is decided in one place");

  @ArchTest
  static final ArchRule CORE_HAS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(CORE, DEFINITION, PLAY, SCHEDULE, BREAKER, NOTIFY)
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .because("time arrives inside the event; a replay must see the same time");

  @ArchTest
  static final ArchRule CORE_HAS_NO_CHANCE =
      noClasses()
          .that()
          .resideInAnyPackage(CORE, DEFINITION)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Random.class, SecureRandom.class, UUID.class)
          .orShould()
          .callMethod(Math.class, "random")
          .because("ids and jitter are derived, so that a replay emits the same commands");

  @ArchTest
  static final ArchRule ONLY_STREAMS_KNOWS_KAFKA_STREAMS =
      noClasses()
          .that()
          .resideOutsideOfPackage(STREAMS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka.streams..")
          .because("the topology is one way to run the core, and the rest must not notice it");

  @ArchTest
  static final ArchRule ONLY_THE_EDGE_KNOWS_SPRING =
      noClasses()
          .that()
          .resideOutsideOfPackages(API, APP)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework..")
          .because("the orchestrator is wired by Spring, not written in it");

  @ArchTest
  static final ArchRule ONLY_THE_APPLICATION_KNOWS_SPRING_BOOT =
      noClasses()
          .that()
          .resideOutsideOfPackage(APP)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.springframework.boot..")
          .because("properties, lifecycle, health and metrics have one place");

  @ArchTest
  static final ArchRule FLOW_STATE_IS_WRITTEN_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage(CORE)
          .and()
          .haveNameNotMatching(".*\\.streams\\.state\\.FlowStateCodec.*")
          .should()
          .callConstructorWhere(target(owner(equivalentTo(FlowState.class))))
          .because(
              "a state comes from the decider, or from storage exactly as the decider made it;"
                  + " whoever else made one would decide past the rules");

  @ArchTest
  static final ArchRule STATE_KNOWS_NEITHER_EVENTS_NOR_EFFECTS =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "core.state..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "core", ROOT + "core.event..", ROOT + "core.effect..")
          .because(
              "what is stored must be readable without what happens to it: a state outlives the"
                  + " release whose events made it");

  @ArchTest
  static final ArchRule CORE_HAS_NO_CYCLES =
      slices()
          .matching("io.doundo.orchestrator.(core.*)..")
          .should()
          .beFreeOfCycles()
          .because("an event says what has happened; what follows from it is decided elsewhere");

  @ArchTest
  static final ArchRule EVENTS_AND_EFFECTS_ARE_RECORDS =
      classes()
          .that()
          .areAssignableTo(FlowEvent.class)
          .or()
          .areAssignableTo(Effect.class)
          .should()
          .beRecords()
          .orShould()
          .beInterfaces()
          .because(
              "what happened, and what is to be done, are values: equal, printable, immutable");

  @ArchTest
  static final ArchRule COMPILER_KNOWS_DEFINITIONS_AND_THE_WIRE =
      noClasses()
          .that()
          .resideInAPackage(COMPILER)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(CORE, STREAMS, REGISTRATION, QUERY, API, APP)
                  .or(resideInAPackage("org.apache.kafka..")))
          .because("the command line compiles documents too, without a broker");

  @ArchTest
  static final ArchRule ONLY_EXPRESSIONS_KNOW_CEL =
      noClasses()
          .that()
          .resideOutsideOfPackage(EXPRESSION)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.cel..", "com.google..", "org.threeten..")
          .because(
              "what an expression means is said in one place, and a later CEL must not change it");

  @ArchTest
  static final ArchRule ONLY_THE_APPLICATION_KNOWS_THE_HTTP_WORKER =
      noClasses()
          .that()
          .resideOutsideOfPackage(APP)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.doundo.http..", "io.doundo.worker..", "org.apache.hc..")
          .because(
              "the orchestrator calls nobody: it sends commands, and a worker carries them out");

  @ArchTest
  static final ArchRule EXPRESSIONS_STAND_ALONE =
      classes()
          .that()
          .resideInAPackage(EXPRESSION)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "tools.jackson..",
              "dev.cel..",
              "com.google.re2j..",
              "com.google.common.collect..",
              "com.networknt.schema..",
              "org.threeten.bp..",
              EXPRESSION,
              PROTOCOL)
          .because("the compiler, the engine and the command line evaluate the same expressions");

  @ArchTest
  static final ArchRule EVALUATION_KNOWS_DEFINITIONS_AND_EXPRESSIONS =
      classes()
          .that()
          .resideInAPackage(EVALUATION)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "tools.jackson..",
              CORE,
              DEFINITION,
              EXPRESSION,
              EVALUATION,
              PROTOCOL)
          .because("the engine and the command line evaluate what a definition says alike");

  @ArchTest
  static final ArchRule WHAT_WOULD_HAPPEN_IS_ASKED_OF_THE_CORE =
      classes()
          .that()
          .resideInAPackage(PLAY)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", CORE, DEFINITION, EVALUATION, PLAY, PROTOCOL)
          .because(
              "a forecast of the core's own decisions cannot disagree with what then happens; one"
                  + " that asked a store, a topic or a clock could");

  @ArchTest
  static final ArchRule NOTHING_IN_THE_SERVICE_KNOWS_THE_CHECKER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.doundo.history..")
          .because("the engine must not be written to please the checker that judges it");

  @ArchTest
  static final ArchRule THE_AUDIT_FORM_KNOWS_THE_CORE_ONLY =
      classes()
          .that()
          .resideInAPackage(AUDIT)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.jspecify..", "tools.jackson..", AUDIT, CORE, DEFINITION, PROTOCOL)
          .because(
              "the engine writes this form and the checker reads it; if it knew either, the checker"
                  + " would judge the engine by the engine's own code");

  @ArchTest
  static final ArchRule THE_ENGINE_IS_BUILT_IN_LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("settings")
          .definedBy(ENGINE)
          .layer("state")
          .definedBy(ENGINE + ".state..")
          .layer("record")
          .definedBy(ENGINE + ".record..")
          .layer("task")
          .definedBy(ENGINE + ".task..")
          .layer("read")
          .definedBy(ENGINE + ".read..")
          .layer("client")
          .definedBy(ENGINE + ".client..")
          .whereLayer("settings")
          .mayNotAccessAnyLayer()
          .whereLayer("state")
          .mayOnlyAccessLayers("settings")
          .whereLayer("record")
          .mayOnlyAccessLayers("settings", "state")
          .whereLayer("task")
          .mayOnlyAccessLayers("settings", "state", "record")
          .whereLayer("read")
          .mayOnlyAccessLayers("settings", "state", "record")
          .whereLayer("client")
          .mayOnlyAccessLayers("settings", "state", "record", "task", "read")
          .because(
              "a stored format must not change because a task does, and a task, which runs on one"
                  + " stream thread, must not reach a client or a reader that may block");

  @ArchTest
  static final ArchRule THE_ENGINE_SHOWS_LITTLE =
      noClasses()
          .that()
          .resideOutsideOfPackage(STREAMS)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(ENGINE + ".task..", ENGINE + ".record..")
                  .or(resideInAPackage(ENGINE + ".client..").and(not(simpleName("StreamsEngine"))))
                  .or(
                      resideInAPackage(ENGINE + ".state..")
                          .and(not(simpleName("FlowHead")))
                          .and(not(simpleName("FlowFront")))
                          .and(not(simpleName("StepFront")))
                          .and(not(simpleName("StoredFlow")))))
          .because(
              "the rest of the service starts the engine, reads flows and definitions through"
                  + " streams.read, and must not notice when the engine is built differently");

  @ArchTest
  static final ArchRule READS_ARE_BUILT_IN_LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("topics")
          .definedBy(READS)
          .layer("definition")
          .definedBy(READS + ".definition..")
          .layer("index")
          .definedBy(READS + ".index..")
          .layer("tail")
          .definedBy(READS + ".tail..")
          .layer("flow")
          .definedBy(READS + ".flow..")
          .layer("timeline")
          .definedBy(READS + ".timeline..")
          .layer("worker")
          .definedBy(READS + ".worker..")
          .layer("deadletter")
          .definedBy(READS + ".deadletter..")
          .whereLayer("topics")
          .mayNotAccessAnyLayer()
          .whereLayer("definition")
          .mayOnlyAccessLayers("topics")
          .whereLayer("index")
          .mayNotAccessAnyLayer()
          .whereLayer("tail")
          .mayOnlyAccessLayers("topics", "definition", "index")
          .whereLayer("flow")
          .mayOnlyAccessLayers("topics", "definition", "index", "tail")
          .whereLayer("timeline")
          .mayOnlyAccessLayers("topics", "flow")
          .whereLayer("worker")
          .mayOnlyAccessLayers("topics", "definition", "flow", "tail")
          .whereLayer("deadletter")
          .mayOnlyAccessLayers("topics", "index")
          .because("each read is understood, and replaced, without the others");

  @ArchTest
  static final ArchRule STREAMS_KNOWS_NOTHING_ABOVE_IT =
      noClasses()
          .that()
          .resideInAPackage(STREAMS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(REGISTRATION, QUERY, API, APP)
          .because("the data plane never waits for the control plane, a reader or a request");

  @ArchTest
  static final ArchRule REGISTRATION_IS_A_PLANE_OF_ITS_OWN =
      noClasses()
          .that()
          .resideInAPackage(REGISTRATION)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(CORE, QUERY, API, APP)
                  .or(resideInAPackage(STREAMS).and(not(simpleName("TopicCatalog")))))
          .because("the planes meet in topics, and in the catalog that says which of them exist");

  @ArchTest
  static final ArchRule QUERY_ONLY_READS =
      noClasses()
          .that()
          .resideInAPackage(QUERY)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(REGISTRATION, API, APP, "org.apache.kafka.clients.producer..")
                  .or(resideInAPackage("org.apache.kafka.clients.admin..")))
          .because("a read must never change anything");

  @ArchTest
  static final ArchRule API_SPEAKS_TO_QUERIES_AND_TOPICS =
      noClasses()
          .that()
          .resideInAPackage(API)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(STREAMS, APP)
          .because(
              "a request changes flows by writing to the input topics like everybody else, and sees"
                  + " them through the queries");

  @ArchTest
  static final ArchRule NOBODY_KNOWS_THE_APPLICATION =
      noClasses()
          .that()
          .resideOutsideOfPackage(APP)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(APP)
          .because("it wires the others");

  @ArchTest
  static final ArchRule PROTOCOL_KNOWS_NOBODY =
      noClasses()
          .that()
          .resideInAPackage(PROTOCOL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.doundo.orchestrator..", "org.apache.kafka..", "org.springframework..")
          .because("workers embed it, and bring their own versions of everything");

  @ArchTest
  static final ArchRule EVENT_STREAMS_ARE_OPENED_IN_ONE_PLACE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(EventStreams.class.getName())
          .should()
          .callConstructorWhere(
              describe(
                  "makes an SseEmitter",
                  call -> call.getTargetOwner().isEquivalentTo(SseEmitter.class)))
          .because(
              "whoever opens a stream otherwise may break it as it begins, or read on for ever");

  @ArchTest
  static final ArchRule EVENT_STREAMS_END_WITH_THEIR_LOGIN =
      classes()
          .that(
              describe(
                  "open an event stream",
                  (JavaClass type) ->
                      type.getMethodCallsFromSelf().stream()
                          .anyMatch(
                              call -> call.getTargetOwner().isEquivalentTo(EventStreams.class))))
          .should(
              have(
                  describe(
                      "a call of OpenStreams.add",
                      (JavaClass type) ->
                          type.getMethodCallsFromSelf().stream()
                              .anyMatch(
                                  call ->
                                      call.getTargetOwner().isEquivalentTo(OpenStreams.class)
                                          && call.getName().equals("add")))))
          .because(
              "a stream outlives the check of its request: a revoked key would read on for ever");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices()
          .matching("io.doundo.orchestrator.(**)")
          .should()
          .beFreeOfCycles()
          .because("what cannot be understood apart is one thing");
}
