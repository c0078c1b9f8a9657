package io.doundo.orchestrator.streams.client;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * Asks the leaders of partitions which transactions are open in them, and then the coordinators of
 * these transactions whether they know them. Confined to one thread.
 */
final class TransactionInspector {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Admin admin;

  TransactionInspector(Admin admin) {
    this.admin = admin;
  }

  /**
   * The open transactions of some partitions; a partition whose producers this principal may not
   * see is missing. The coordinators are asked after the leaders: a transaction that ends in
   * between may at worst count as hanging, and its marker is refused or changes nothing.
   */
  Map<TopicPartition, List<OpenTransaction>> openIn(Collection<TopicPartition> partitions)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, List<ProducerState>> open = writing(partitions);
    Set<Long> producers =
        open.values().stream()
            .flatMap(List::stream)
            .map(ProducerState::producerId)
            .collect(Collectors.toSet());
    Map<Long, String> ids = producers.isEmpty() ? Map.of() : transactionalIds(producers);
    Map<String, TransactionDescription> said = describeTransactions(ids.values());
    Map<TopicPartition, List<OpenTransaction>> transactions = new HashMap<>();
    open.forEach(
        (partition, states) ->
            transactions.put(
                partition,
                states.stream()
                    .map(
                        state -> {
                          String id = ids.get(state.producerId());
                          return OpenTransaction.of(
                              partition, state, id, id == null ? null : said.get(id));
                        })
                    .toList()));
    return transactions;
  }

  private Map<TopicPartition, List<ProducerState>> writing(Collection<TopicPartition> partitions)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, List<ProducerState>> writing = new HashMap<>();
    DescribeProducersResult described = admin.describeProducers(partitions);
    for (TopicPartition partition : partitions) {
      try {
        writing.put(
            partition,
            get(described.partitionResult(partition)).activeProducers().stream()
                .filter(state -> state.currentTransactionStartOffset().isPresent())
                .toList());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
      }
    }
    return writing;
  }

  private Map<Long, String> transactionalIds(Set<Long> producers)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<Long, String> ids = new HashMap<>();
    for (TransactionListing listing :
        get(
            admin
                .listTransactions(new ListTransactionsOptions().filterProducerIds(producers))
                .all())) {
      ids.put(listing.producerId(), listing.transactionalId());
    }
    return ids;
  }

  private Map<String, TransactionDescription> describeTransactions(Collection<String> ids)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<String, TransactionDescription> descriptions = new HashMap<>();
    DescribeTransactionsResult described = admin.describeTransactions(ids);
    for (String id : ids) {
      try {
        descriptions.put(id, get(described.description(id)));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TransactionalIdNotFoundException)) {
          throw e;
        }
      }
    }
    return descriptions;
  }

  /** Writes the marker that aborts it; the leader refuses it when its producer has moved on. */
  void abort(OpenTransaction transaction)
      throws ExecutionException, TimeoutException, InterruptedException {
    get(
        admin
            .abortTransaction(
                new AbortTransactionSpec(
                    transaction.partition(),
                    transaction.producerId(),
                    (short) transaction.epoch(),
                    // If no coordinator has ended one, 0 is below every coordinator's epoch.
                    Math.max(0, transaction.coordinatorEpoch())))
            .all());
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
