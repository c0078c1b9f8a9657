package io.doundo.launcher.cli;

import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Workers on the SDK for the examples with a choice and with several sources. */
final class RoutingWorkers {

  /** What stands of each flow. */
  static final Map<String, Set<String>> STANDING = new ConcurrentHashMap<>();

  /** What each flow was offered. */
  static final Map<String, Quotes> OFFERED = new ConcurrentHashMap<>();

  /** Late carriers answer when it is counted down. */
  static final CountDownLatch LATE = new CountDownLatch(1);

  private RoutingWorkers() {}

  private static void stands(StepContext step) {
    STANDING.computeIfAbsent(step.flowId(), id -> ConcurrentHashMap.newKeySet()).add(step.step());
  }

  private static void isGone(StepContext step) {
    STANDING.getOrDefault(step.flowId(), Set.of()).remove(step.step());
  }

  record Order(int order, int score) {}

  record Rating(int score) {}

  @SagaWorker("orderRouting")
  static class Orders {

    @Do("rateCustomer")
    Rating rate(Order order) {
      return new Rating(order.score());
    }

    @Do("shipExpress")
    void shipExpress(StepContext step) {
      stands(step);
    }

    @Undo("shipExpress")
    void callBackExpress(StepContext step) {
      isGone(step);
    }

    @Do("tellCustomer")
    void tell(StepContext step) {
      stands(step);
    }

    @Do("shipParcel")
    void shipParcel(StepContext step) {
      stands(step);
    }

    @Undo("shipParcel")
    void callBackParcel(StepContext step) {
      isGone(step);
    }

    @Do("reviewOrder")
    void review(StepContext step) {
      stands(step);
    }

    @Undo("reviewOrder")
    void forget(StepContext step) {
      isGone(step);
    }

    @Do("shipReviewed")
    void shipReviewed(StepContext step) {
      stands(step);
    }

    @Undo("shipReviewed")
    void callBackReviewed(StepContext step) {
      isGone(step);
    }

    @Do("writeInvoice")
    void invoice(StepContext step) {
      stands(step);
    }

    @Undo("writeInvoice")
    void cancelInvoice(StepContext step) {
      isGone(step);
    }

    @Do("bookRevenue")
    void book(StepContext step) {
      stands(step);
    }

    @Undo("bookRevenue")
    void unbook(StepContext step) {
      isGone(step);
    }

    @Do("reportRevenue")
    void report(StepContext step) {
      stands(step);
    }

    @Do("updateStock")
    void stock(StepContext step) {
      stands(step);
    }

    @Undo("updateStock")
    void restock(StepContext step) {
      isGone(step);
    }

    @Do("closeOrder")
    void close(StepContext step) {
      stands(step);
    }

    @Undo("closeOrder")
    void reopen(StepContext step) {
      isGone(step);
    }
  }

  record Request(int order, @Nullable String north, @Nullable String south, @Nullable String west) {

    Price price(@Nullable String behaviour) throws InterruptedException {
      if ("fails".equals(behaviour)) {
        throw new StepFailedException("the carrier is closed");
      }
      if ("late".equals(behaviour)) {
        LATE.await();
      }
      return new Price(order * 10);
    }
  }

  record Price(int price) {}

  record Quotes(@Nullable Integer north, @Nullable Integer south, @Nullable Integer west) {}

  record Offer(int order, Quotes quotes) {}

  @SagaWorker("carrierQuotes")
  static class Carriers {

    @Do("askNorth")
    Price north(Request request) throws InterruptedException {
      return request.price(request.north());
    }

    @Do("askSouth")
    Price south(Request request) throws InterruptedException {
      return request.price(request.south());
    }

    @Do("askWest")
    Price west(Request request) throws InterruptedException {
      return request.price(request.west());
    }

    @Do("offer")
    void offer(Offer offer, StepContext step) {
      OFFERED.put(step.flowId(), offer.quotes());
      stands(step);
    }

    @Undo("offer")
    void withdraw(StepContext step) {
      isGone(step);
    }
  }
}
