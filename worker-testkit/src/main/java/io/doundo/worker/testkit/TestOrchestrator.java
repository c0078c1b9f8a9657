package io.doundo.worker.testkit;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.worker.binding.BoundStep;
import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.InvalidHandlersException;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.binding.StepKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs flows of one orchestration against a service's handlers: the orchestrator's own core
 * decides, the SDK calls the handlers behind a fence in memory, and time passes only when the test
 * says so. No broker, no Redis, no thread.
 *
 * <pre>{@code
 * try (TestOrchestrator orchestrator = TestOrchestrator.of("orchestrations/order.yaml").with(new TestOrderWorker(shop))) {
 *   TestFlow flow = orchestrator.start(Map.of("orderId", "4711"));
 *   flow.expectDo("reserveStock").handled();
 *   flow.expectDo("charge").failsForGood("card declined");
 *   flow.expectUndo("reserveStock").handled();
 *   flow.expectUndone();
 *   assertThat(shop.reservations()).isEmpty();
 * }
 * }</pre>
 *
 * <p>For the one thread of a test.
 */
public final class TestOrchestrator implements AutoCloseable {

  private final Orchestration definition;
  private final Map<String, Orchestration> known;
  private final JsonBinder json;
  private final TestClock clock = new TestClock();
  private final TestWorkers workers;
  private final ReplacedFields replaced;
  private final Map<String, Object> stubs;
  private int flows;

  private TestOrchestrator(
      Builder builder, ConfigurableListableBeanFactory beans, JsonBinder json) {
    this.definition = builder.definition();
    this.known = builder.known;
    this.stubs = builder.stubs;
    this.json = json;
    List<BoundStep> bound = new ArrayList<>(bound(definition));
    known.values().stream()
        .filter(other -> !other.equals(definition))
        .forEach(other -> bound.addAll(bound(other)));
    List<ServedStep> steps = new HandlerScanner(beans, json).scan(bound);
    this.workers = new TestWorkers(steps, json, clock);
    this.replaced = new ReplacedFields(steps, builder.replaceable);
  }

  /** An orchestration whose handlers are not named yet. */
  public static final class Builder {

    private final Orchestration definition;
    private final Map<String, Orchestration> known;
    private final Set<String> replaceable;
    private final Map<String, Object> stubs;

    private Builder(
        Orchestration definition,
        Map<String, Orchestration> known,
        Set<String> replaceable,
        Map<String, Object> stubs) {
      this.definition = definition;
      this.known = Map.copyOf(known);
      this.replaceable = Set.copyOf(replaceable);
      this.stubs = Map.copyOf(stubs);
    }

    /**
     * The same with a step whose HTTP request is answered for the service, wherever a handler would
     * be called: with this result, which is that of the step, not the body of a response. Its UNDO
     * succeeds as well.
     *
     * @throws IllegalArgumentException when there is no step with {@code http} or {@code webhook}
     *     of this name
     */
    public Builder stub(String step, Object result) {
      boolean isRequest =
          definition.allSteps().stream()
              .anyMatch(one -> one.name().equals(step) && one.work() instanceof Work.Http);
      if (!isRequest) {
        throw new IllegalArgumentException("there is no step " + step + " with an HTTP request");
      }
      Map<String, Object> more = new HashMap<>(stubs);
      more.put(step, result);
      return new Builder(definition, known, replaceable, more);
    }

    /**
     * The same with the orchestrations of a further registration document, which {@code flow} steps
     * may run. Those of the same document are known anyway.
     *
     * @throws IllegalArgumentException with every problem of the document
     */
    public Builder knows(String document) {
      Map<String, Orchestration> more = new HashMap<>(known);
      more.putAll(byName(defined(document)));
      return new Builder(definition, more, replaceable, stubs);
    }

    /**
     * The same with fields that results are meant to replace in the payload of later steps. Any
     * other field that a result replaces with another value, and that a later step reads, fails the
     * flow.
     */
    public Builder mayReplace(String... fields) {
      return new Builder(definition, known, Set.of(fields), stubs);
    }

    Orchestration definition() {
      return definition;
    }

    /**
     * Serves it with these objects, as if each were a bean. Steps that none of them serves are
     * answered by the test. Payloads are read with a mapper of Jackson's own settings and the
     * modules that are on the class path.
     *
     * @throws InvalidHandlersException with every mistake, as at the start of a service
     */
    public TestOrchestrator with(Object... handlers) {
      return with(JsonMapper.builder().findAndAddModules().build(), handlers);
    }

    /**
     * Serves it with these objects, as if each were a bean.
     *
     * @param mapper reads payloads and writes results: the service's own
     * @throws InvalidHandlersException with every mistake, as at the start of a service
     */
    public TestOrchestrator with(JsonMapper mapper, Object... handlers) {
      DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
      for (int i = 0; i < handlers.length; i++) {
        beans.registerSingleton("handlers" + i, handlers[i]);
      }
      return with(beans, mapper);
    }

    /**
     * Serves it with the beans of an application context, proxied ones included, and reads payloads
     * with its {@code JsonMapper}, as the service does.
     *
     * @throws InvalidHandlersException with every mistake, as at the start of a service
     */
    public TestOrchestrator with(ConfigurableListableBeanFactory beans) {
      return with(
          beans,
          beans.getBeanProvider(JsonMapper.class).getIfUnique(() -> JsonMapper.builder().build()));
    }

    /**
     * Serves it with the beans of an application context, proxied ones included.
     *
     * @param mapper reads payloads and writes results
     * @throws InvalidHandlersException with every mistake, as at the start of a service
     */
    public TestOrchestrator with(ConfigurableListableBeanFactory beans, JsonMapper mapper) {
      return new TestOrchestrator(this, beans, new JsonBinder(mapper));
    }
  }

  /**
   * Reads the one orchestration of a registration document.
   *
   * @param document where it is on the class path, or the document itself, which has several lines
   * @throws IllegalArgumentException with every problem of the document, or when it does not define
   *     exactly one orchestration
   */
  public static Builder of(String document) {
    return new Builder(only(defined(document), document), Map.of(), Set.of(), Map.of());
  }

  /**
   * Reads one of the orchestrations of a registration document.
   *
   * @throws IllegalArgumentException with every problem of the document, or when it does not define
   *     this orchestration
   */
  public static Builder of(String document, String orchestration) {
    List<Orchestration> all = defined(document);
    return new Builder(
        only(all.stream().filter(d -> d.name().equals(orchestration)).toList(), document),
        byName(all),
        Set.of(),
        Map.of());
  }

  private static Map<String, Orchestration> byName(List<Orchestration> definitions) {
    Map<String, Orchestration> byName = new HashMap<>();
    definitions.forEach(definition -> byName.put(definition.name(), definition));
    return byName;
  }

  private static Orchestration only(List<Orchestration> found, String document) {
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "expected one orchestration, but there are "
              + found.stream().map(Orchestration::name).toList()
              + " in "
              + document);
    }
    return found.get(0);
  }

  private static List<Orchestration> defined(String document) {
    CompiledRegistration compiled = RegistrationCompiler.compile(read(document), Map.of());
    if (!compiled.accepted()) {
      throw new IllegalArgumentException(
          "the orchestrator would refuse this registration: " + compiled.reason());
    }
    List<Orchestration> definitions = new ArrayList<>();
    for (CompiledRegistration.Result result : compiled.results()) {
      if (result instanceof Defined defined) {
        definitions.add(defined.orchestration());
      }
    }
    return definitions;
  }

  private static byte[] read(String document) {
    if (document.contains("\n")) {
      return document.getBytes(StandardCharsets.UTF_8);
    }
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (InputStream in = loader.getResourceAsStream(document)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no " + document + " on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<BoundStep> bound(Orchestration definition) {
    return definition.allSteps().stream()
        .filter(step -> step.work() instanceof Work.Remote)
        .map(
            step ->
                BoundStep.of(
                    definition.name(),
                    new StepKey(definition.name(), step.name()),
                    step.remote().sharedTopic(),
                    step.remote().bindings()::get))
        .toList();
  }

  /**
   * Starts a flow.
   *
   * @param payload anything that Jackson writes as a JSON object
   */
  public TestFlow start(Object payload) {
    FlowDriver driver = new FlowDriver(definition, known, clock, "flow-" + ++flows, replaced);
    driver.start(json.write(payload));
    return new TestFlow(driver, workers, json, stubs);
  }

  @Override
  public void close() {
    workers.close();
  }
}
