package io.varve.samples;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.store.AppendResult;
import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The program in the README: orders in, revenue per customer out. */
public final class QuickStart {
    private QuickStart() {}

    // tag::quick-start[]
    sealed interface OrderEvent permits OrderPlaced, OrderShipped {}

    record OrderPlaced(String customer, long cents) implements OrderEvent {}

    record OrderShipped(String carrier) implements OrderEvent {}

    // Names of types are written to the log, so they are chosen by hand: classes can be renamed.
    static final EventSerde<OrderEvent> ORDER_EVENTS =
            EventSerde.of(OrderEvent.class)
                    .json("OrderPlaced", OrderPlaced.class)
                    .json("OrderShipped", OrderShipped.class)
                    .build();

    static final StoreRef<String, Long> REVENUE = StoreRef.of("revenue");

    static Projection revenue() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("orders", Consumed.with(ORDER_EVENTS))
                .filter((order, event) -> event instanceof OrderPlaced)
                .mapValues(event -> (OrderPlaced) event)
                .groupBy((order, placed) -> placed.customer(), Grouped.keySerde(Serdes.utf8()))
                .aggregate(
                        () -> 0L,
                        (customer, placed, sum) -> sum + placed.cents(),
                        Materialized.as(REVENUE, Serdes.utf8(), Serdes.int64()));
        return Projection.of("revenue", 1, builder.build());
    }

    static long placeOrder(Path folder, String order) throws InterruptedException {
        try (EventStore store = EventStore.open(folder.resolve("store"));
                ProjectionRuntime runtime =
                        ProjectionRuntime.builder(store, folder.resolve("read-models"))
                                .add(revenue())
                                .build()) {
            runtime.start();

            Category<OrderEvent> orders = store.category("orders", ORDER_EVENTS);
            AppendResult placed = // on disk when this returns; refused if there is such an order
                    orders.append(
                            order,
                            ExpectedVersion.noStream(),
                            List.of(new OrderPlaced("ada", 1250), new OrderShipped("by bike")));

            PositionBound mine = PositionBound.at(placed.lastPosition()); // read what I wrote
            try (ReadView view = runtime.readView("revenue", mine, Duration.ofSeconds(5))) {
                return view.store(REVENUE).get("ada").orElse(0L); // 1250, then 2500, ...
            }
        }
    }
    // end::quick-start[]
}
