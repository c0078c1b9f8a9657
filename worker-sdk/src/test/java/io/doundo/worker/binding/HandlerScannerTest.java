package io.doundo.worker.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.doundo.worker.Do;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.OnUnknown;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.Verify;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.scheduling.annotation.Async;
import tools.jackson.databind.json.JsonMapper;

/** Handlers are found wherever they are, and every mistake is reported with its place and fix. */
@ExtendWith(OutputCaptureExtension.class)
class HandlerScannerTest {

  record TenantRequest(String tenant) {}

  record TenantCreated(String id) {}

  @SagaWorker("tenants")
  static class Good {
    @Do("createRealm")
    TenantCreated create(TenantRequest asked, StepContext step) {
      return new TenantCreated(asked.tenant() + step.flowId());
    }

    @Undo("createRealm")
    void delete(Undoing<TenantRequest, TenantCreated> undoing) {}

    @Do("createClient")
    void createClient(TenantRequest asked) {}

    @Undo(value = "createClient", onUnknown = OnUnknown.FAIL)
    void deleteClient(TenantRequest asked) {}
  }

  interface Serving {
    TenantCreated create(TenantRequest asked);
  }

  @SagaWorker("tenants")
  static class BehindAnInterface implements Serving {
    @Do("createRealm")
    @Override
    public TenantCreated create(TenantRequest asked) {
      return new TenantCreated(asked.tenant());
    }

    @Undo("createRealm")
    public void delete(TenantRequest asked) {}
  }

  private static List<ServedStep> scan(Class<?>... beans) {
    return scan(List.of(), beans);
  }

  private static List<ServedStep> scan(List<BoundStep> documented, Class<?>... beans) {
    try (AnnotationConfigApplicationContext context =
        new AnnotationConfigApplicationContext(beans)) {
      return scanner(context).scan(documented);
    }
  }

  private static HandlerScanner scanner(AnnotationConfigApplicationContext context) {
    return new HandlerScanner(
        context.getBeanFactory(), new JsonBinder(JsonMapper.builder().build()));
  }

  private static List<HandlerProblem> problemsOf(Class<?>... beans) {
    InvalidHandlersException refused =
        catchThrowableOfType(InvalidHandlersException.class, () -> scan(beans));
    assertThat(refused).isNotNull();
    return refused.problems();
  }

  @Test
  void stepsAreFoundWithTheirHandlers() {
    List<ServedStep> steps = scan(Good.class);

    assertThat(steps)
        .extracting(step -> step.key().step())
        .containsExactly("createClient", "createRealm");
    assertThat(steps).allMatch(step -> step.doHandler() != null && step.undoHandler() != null);
  }

  @Test
  void severalWorkersOfOneOrchestrationHaveBeanNamesOfTheirOwn() {
    assertThat(scan(Good.class, OtherSteps.class)).hasSize(3);
  }

  @SagaWorker("tenants")
  static class OtherSteps {
    @Do("assignRoles")
    void assign() {}
  }

  @Test
  void aBeanBehindAProxyOfItsClassIsFound() {
    try (AnnotationConfigApplicationContext context = proxied(Good.class, true)) {
      assertThat(scanner(context).scan(List.of())).hasSize(2);
    }
  }

  @Test
  void aMethodThatAnInterfaceProxyHidesIsReported() {
    try (AnnotationConfigApplicationContext context = proxied(BehindAnInterface.class, false)) {
      InvalidHandlersException refused =
          catchThrowableOfType(
              InvalidHandlersException.class, () -> scanner(context).scan(List.of()));

      assertThat(refused.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.place()).endsWith("method BehindAnInterface.delete");
                assertThat(problem.problem()).contains("JDK proxy");
                assertThat(problem.fix()).contains("proxyTargetClass");
              });
    }
  }

  private static AnnotationConfigApplicationContext proxied(Class<?> bean, boolean byClass) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.registerBean("worker", bean);
    context.registerBean(
        BeanNameAutoProxyCreator.class,
        () -> {
          BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
          creator.setBeanNames("worker");
          creator.setProxyTargetClass(byClass);
          return creator;
        });
    context.refresh();
    assertThat(context.getBean("worker")).isInstanceOf(org.springframework.aop.SpringProxy.class);
    return context;
  }

  @SagaWorker("tenants")
  static class ManyMistakes {
    @Do("one")
    @SuppressWarnings("UnusedMethod")
    private void hidden() {}

    @Do("two")
    CompletableFuture<TenantCreated> later() {
      return new CompletableFuture<>();
    }

    @Do("bad.name")
    void badName() {}

    @Do(value = "three", onDoubt = OnDoubt.VERIFY)
    void unverified() {}

    @Do("four")
    void twoPayloads(TenantRequest one, TenantCreated other) {}

    @Do("five")
    TenantCreated made() {
      return new TenantCreated("");
    }

    @Undo("five")
    void unmakeBare(TenantCreated made) {}

    @Do("six")
    String text() {
      return "";
    }

    @Undo("six")
    void unmakeText(Undoing<TenantRequest, String> undoing) {}

    @Verify("five")
    boolean check() {
      return true;
    }

    @Do("seven")
    TenantRequest same(TenantRequest asked) {
      return asked;
    }

    @Undo(value = "seven", onUnknown = OnUnknown.PASS_NULL)
    void unmakeSame(TenantRequest asked) {}
  }

  @Test
  void allMistakesAreReportedAtOnceEachWithItsFix() {
    List<HandlerProblem> problems = problemsOf(ManyMistakes.class);

    assertThat(problems)
        .extracting(
            problem ->
                problem.place().replaceAll(".*ManyMistakes\\.", "") + ": " + problem.problem())
        .containsExactlyInAnyOrder(
            "hidden: is private, so a proxy of the bean cannot forward the call",
            "later: returns a CompletableFuture, so the step would be answered before the work is done",
            "badName: names the step \"bad.name\", which must not contain a dot, because dots"
                + " separate the parts of topic names",
            "unverified: sets onDoubt = VERIFY, but no @Verify method verifies the step tenants/three",
            "twoPayloads: has 2 parameters that would all be the payload",
            "unmakeBare: takes the bare result but does not define what to do without one, for"
                + " example after a timeout",
            "unmakeText: takes a result of type String, but only results that are JSON objects"
                + " come back on an UNDO",
            "check: does not return a VerifyResult",
            "check: is never called, because the step's @Do method does not set onDoubt = VERIFY",
            "unmakeSame: takes a TenantRequest, which is both what the step's @Do method takes and what it"
                + " returns");
    assertThat(problems).allMatch(problem -> !problem.fix().isBlank());
  }

  @SagaWorker("tenants")
  static class Unfinished {
    @Do("callable")
    Callable<TenantCreated> callable() {
      return () -> new TenantCreated("");
    }

    @Do("publisher")
    Flow.Publisher<TenantCreated> publisher() {
      return subscriber -> {};
    }

    @Do("mono")
    reactor.core.publisher.Mono<TenantCreated> mono() {
      return reactor.core.publisher.Mono.empty();
    }

    @Do("supplier")
    Supplier<TenantCreated> supplier() {
      return () -> new TenantCreated("");
    }

    @Async
    @Do("async")
    void async() {}

    @Do("later")
    void now() {}

    @Undo("later")
    CompletableFuture<Void> undoLater() {
      return new CompletableFuture<>();
    }
  }

  @Test
  void workThatIsNotDoneIsRefusedInEveryForm() {
    assertThat(problemsOf(Unfinished.class))
        .extracting(
            problem -> problem.place().replaceAll(".*Unfinished\\.", "") + ": " + problem.problem())
        .containsExactlyInAnyOrder(
            "callable: returns a Callable, so the step would be answered before the work is done",
            "publisher: returns a Publisher, so the step would be answered before the work is done",
            "mono: returns a Mono, so the step would be answered before the work is done",
            "supplier: returns a Supplier, so the step would be answered before the work is done",
            "async: is @Async, so the step would be answered before the work is done",
            "undoLater: returns a CompletableFuture, so the step would be answered before the work is done");
  }

  @SagaWorker("tenants")
  static class Suspending {
    @Do("createRealm")
    Object create(TenantRequest asked, Continuation<TenantCreated> continuation) {
      return asked;
    }
  }

  @Test
  void aKotlinSuspendFunctionIsRefusedByName() {
    assertThat(problemsOf(Suspending.class))
        .extracting(HandlerProblem::problem)
        .containsExactly(
            "is a suspend function, so the step would be answered before the work is done");
  }

  interface Money {}

  record Bill(List<Line> lines) {}

  record Line(String text, Money price) {}

  static class NoCreator {
    @SuppressWarnings("unused")
    NoCreator(String one, int two) {}
  }

  @SagaWorker("tenants")
  static class Unreadable {
    @Do("one")
    NoCreator interfacePayload(Money money) {
      return new NoCreator("", 1);
    }

    @Undo("one")
    void undo(Undoing<Bill, NoCreator> undoing) {}
  }

  @Test
  void aTypeThatJacksonCanNeverMakeIsRefused() {
    assertThat(problemsOf(Unreadable.class))
        .extracting(
            problem -> problem.place().replaceAll(".*Unreadable\\.", "") + ": " + problem.problem())
        .satisfiesExactlyInAnyOrder(
            told -> assertThat(told).startsWith("interfacePayload: takes a ").contains("Money"),
            told -> assertThat(told).startsWith("undo: takes a ").contains("Bill", "Money"),
            told -> assertThat(told).startsWith("undo: takes a ").contains("NoCreator"));
  }

  record Strict(Map<String, List<TenantCreated>> parts, int count) {
    Strict {
      if (count == 0) {
        throw new IllegalArgumentException("an empty one makes no sense");
      }
    }
  }

  @SagaWorker("tenants")
  static class ReadablePayloads {
    @Do("one")
    void strict(Strict strict) {}

    @Do("two")
    void list(List<String> names) {}

    @Do("three")
    void scalar(java.time.Instant at) {}

    @Do("four")
    void anything(Map<String, Object> all) {}
  }

  @Test
  void aTypeThatOnlyRefusesAnEmptyDocumentIsFine() {
    assertThat(scan(ReadablePayloads.class)).hasSize(4);
  }

  record Order(String id, String amount) {}

  record Payment(int id, int fee) {}

  record Receipt(String id) {}

  @SagaWorker("tenants")
  static class Meeting {
    @Do("pay")
    Payment pay(Order order) {
      return new Payment(1, 2);
    }

    @Do(value = "payNested", as = "payment")
    Payment payNested(Order order) {
      return new Payment(1, 2);
    }

    @Do("echo")
    Receipt echo(Order order) {
      return new Receipt(order.id());
    }

    @Do(value = "text", as = "receipt")
    String text(Order order) {
      return order.id();
    }

    @Undo(value = "text", onUnknown = OnUnknown.PASS_NULL)
    void unText(@Nullable String receipt, Order order) {}
  }

  @Test
  void fieldsThatMeetAndCannotBeTheSameThingAreRefused() {
    assertThat(problemsOf(Meeting.class))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.place()).endsWith("method Meeting.pay");
              assertThat(problem.problem())
                  .startsWith("returns a field id of type int but takes one of type String");
              assertThat(problem.fix()).contains("as = …");
            });
  }

  static class NoWorker {
    @Do("one")
    void orphan() {}
  }

  @SagaWorker("tenants")
  static class Again {
    @Do("createRealm")
    void create() {}
  }

  @Test
  void aHandlerOutsideAWorkerAndAStepServedTwiceAreReported() {
    assertThat(problemsOf(NoWorker.class))
        .singleElement()
        .extracting(HandlerProblem::fix)
        .isEqualTo("annotate the class with @SagaWorker(\"<orchestration>\")");
    assertThat(problemsOf(Good.class, Again.class))
        .extracting(HandlerProblem::problem)
        .singleElement()
        .asString()
        .startsWith("serves the DO of tenants/createRealm, which bean");
  }

  static class Nothing {}

  static class Plain {
    TenantCreated create(TenantRequest asked) {
      return new TenantCreated(asked.tenant());
    }

    void delete(TenantCreated made) {}
  }

  private static BoundStep documented(
      @Nullable String handlerClass, String doMethod, @Nullable String undoMethod) {
    return new BoundStep(
        "tenants.yaml",
        new StepKey("tenants", "createRealm"),
        true,
        handlerClass,
        doMethod,
        undoMethod);
  }

  @Test
  void aDocumentBindsMethodsOfABean() {
    List<ServedStep> steps =
        scan(List.of(documented(Plain.class.getName(), "create", "delete")), Plain.class);

    assertThat(steps).singleElement().matches(ServedStep::sharedTopic);
    assertThat(String.valueOf(steps.get(0).doHandler())).isEqualTo("Plain.create");
    assertThat(String.valueOf(steps.get(0).undoHandler())).isEqualTo("Plain.delete");
  }

  @Test
  void aDocumentThatNamesAnotherServicesClassBindsNothingAndTheLogSaysSo(CapturedOutput output) {
    assertThat(scan(List.of(documented("com.example.Elsewhere", "create", null)), Nothing.class))
        .isEmpty();
    assertThat(output).contains(": this service has no handler for ");
  }

  @Test
  void aDocumentThatNamesAMissingMethodOrNoBeanIsReported() {
    InvalidHandlersException noMethod =
        catchThrowableOfType(
            InvalidHandlersException.class,
            () -> scan(List.of(documented("Plain", "make", null)), Plain.class));
    InvalidHandlersException noBean =
        catchThrowableOfType(
            InvalidHandlersException.class,
            () ->
                scan(
                    List.of(documented(ProxyFactory.class.getName(), "create", null)),
                    Nothing.class));

    assertThat(noMethod.problems())
        .extracting(HandlerProblem::toString)
        .containsExactly(
            "tenants.yaml, step createRealm: doMethod make does not exist in "
                + Plain.class.getName()
                + "; correct the name");
    assertThat(noBean.problems())
        .extracting(HandlerProblem::fix)
        .containsExactly("make it a bean, for example with @Component");
  }
}
