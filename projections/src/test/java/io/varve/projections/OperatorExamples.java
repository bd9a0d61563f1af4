package io.varve.projections;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The examples of the operators' Javadoc, as they stand there: what surrounds them is here. They
 * are compiled, not run.
 */
final class OperatorExamples {
    record Order(String customer, long cents, boolean paid) {}

    record Payment(long cents) {}

    record PaidOrder(Order order, Payment payment) {}

    record Invoice(long cents, String address) {}

    record Flight(String airport) {}

    record Reading(int celsius) {}

    record Overheated(int celsius) {}

    record LargeCustomer(long cents) {}

    record UserEvent(String region) {}

    record Customer(String name, String address, long discount) {
        Customer() {
            this("", "", 100);
        }

        Customer with(Object event) {
            return this;
        }
    }

    sealed interface OrderEvent permits Shipped {}

    record Shipped(String country) implements OrderEvent {}

    private static final System.Logger LOG = System.getLogger("orders");
    private static final Serde<Order> ORDER = Serdes.record(Order.class);
    private static final Serde<Payment> PAYMENT = Serdes.record(Payment.class);
    private static final Serde<Invoice> INVOICE = Serdes.record(Invoice.class);
    private static final Serde<Flight> FLIGHT = Serdes.record(Flight.class);
    private static final Serde<Customer> CUSTOMER = Serdes.record(Customer.class);
    private static final EventSerde<OrderEvent> ORDER_EVENTS =
            EventSerde.of(OrderEvent.class).record("shipped", Shipped.class).build();
    private static final EventSerde<Order> ORDERS =
            EventSerde.of(Order.class).record("order", Order.class).build();
    private static final EventSerde<UserEvent> USER_EVENTS =
            EventSerde.of(UserEvent.class).record("moved", UserEvent.class).build();
    private static final EventSerde<Overheated> ALARM_EVENTS =
            EventSerde.of(Overheated.class).record("overheated", Overheated.class).build();
    private static final EventSerde<LargeCustomer> NOTICES =
            EventSerde.of(LargeCustomer.class).record("large", LargeCustomer.class).build();
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<String, Long> LARGE = StoreRef.of("large");
    private static final StoreRef<String, Long> REVENUE = StoreRef.of("revenue");
    private static final StoreRef<String, Long> SEEN = StoreRef.of("seen");
    private static final StoreRef<String, Long> SHIPPED_TO = StoreRef.of("shipped-to");
    private static final StoreRef<String, Long> USERS_IN = StoreRef.of("users-in");
    private static final StoreRef<String, String> REGIONS = StoreRef.of("regions");
    private static final StoreRef<String, String> WAITING = StoreRef.of("waiting");
    private static final StoreRef<String, Flight> LAST_FLIGHT = StoreRef.of("last-flight");
    private static final StoreRef<String, Customer> CUSTOMERS = StoreRef.of("customers");
    private static final StoreRef<String, Invoice> INVOICES = StoreRef.of("invoices");
    private static final StoreRef<Windowed<String>, Long> PER_HOUR = StoreRef.of("per-hour");

    private void countFreeOnes(EventStream<String, Order> free) {
        free.groupByKey().count(Materialized.as(COUNTS));
    }

    private static String region(String customer) {
        return customer.substring(0, 1);
    }

    void sources(StreamsBuilder builder) {
        builder.stream("orders", Consumed.with(ORDER_EVENTS))
                .filter((order, event) -> event instanceof Shipped)
                .mapValues(event -> ((Shipped) event).country())
                .groupBy((order, country) -> country, Grouped.keySerde(Serdes.utf8()))
                .count(Materialized.as(SHIPPED_TO));
    }

    void records(
            EventStream<String, Order> orders,
            EventStream<String, Order> imported,
            EventStream<String, Order> stream,
            EventStream<String, String> lines) {
        orders.filter((id, order) -> order.cents() > 0);
        orders.filterNot((id, order) -> order.paid());
        stream.filter((key, order) -> order.paid(), Named.as("only-paid"));
        orders.map((id, order) -> KeyValue.pair(order.customer(), order.cents()));
        orders.mapValues(order -> order.cents());
        orders.flatMap(
                (id, order) ->
                        List.of(
                                KeyValue.pair(order.customer(), order.cents()),
                                KeyValue.pair("all", order.cents())));
        lines.flatMapValues(line -> List.of(line.split(" ")));
        orders.selectKey((id, order) -> order.customer());
        orders.peek((id, order) -> LOG.log(Level.DEBUG, "an order comes: " + id));
        orders.foreach((id, order) -> LOG.log(Level.DEBUG, "an order has come: " + id));
        orders.merge(imported).groupByKey().count(Materialized.as(COUNTS));
    }

    void branches(EventStream<String, Order> orders) {
        Map<String, EventStream<String, Order>> branches =
                orders.split(Named.as("orders-"))
                        .branch((key, order) -> order.cents() > 100_000, Branched.as("large"))
                        .branch((key, order) -> order.cents() > 1_000, Branched.as("middle"))
                        .defaultBranch(Branched.as("small"));
        branches.get("orders-large").groupByKey().count(Materialized.as(LARGE));
        orders.split(Named.as("orders-"))
                .branch((key, order) -> order.cents() > 100_000, Branched.as("large"))
                .branch(
                        (key, order) -> order.cents() == 0,
                        Branched.withConsumer(this::countFreeOnes))
                .defaultBranch(Branched.as("other"));
        orders.split(Named.as("orders-"))
                .branch((key, order) -> order.cents() > 100_000, Branched.as("large"))
                .noDefaultBranch();
    }

    void groups(
            EventStream<String, Order> orders,
            EventStream<String, String> visits,
            EventStream<String, Flight> flights,
            GroupedStream<String, Order> grouped) {
        orders.groupBy((id, order) -> order.customer())
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        orders.groupByKey().count(Materialized.as(COUNTS));
        flights.groupBy((key, flight) -> flight.airport(), Grouped.with(Serdes.utf8(), FLIGHT))
                .reduce((first, next) -> next, Materialized.as(LAST_FLIGHT));
        grouped.aggregate(
                () -> 0L,
                (customer, order, sum) -> sum + order.cents(),
                Materialized.as(REVENUE, Serdes.utf8(), Serdes.int64()));
        orders.groupByKey()
                .<Customer>cogroup((id, order, customer) -> customer.with(order))
                .cogroup(visits.groupByKey(), (id, visit, customer) -> customer.with(visit))
                .aggregate(Customer::new, Materialized.as(CUSTOMERS, Serdes.utf8(), CUSTOMER));
        grouped.windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofHours(1)))
                .emitStrategy(EmitStrategy.onWindowClose())
                .count(Materialized.windowed(PER_HOUR, Serdes.utf8(), Serdes.int64()))
                .toStream(); // one record per key and hour
    }

    static final class Views {
        static final StoreRef<Windowed<String>, Long> VIEWS = StoreRef.of("views");

        void windows(EventStream<String, String> views) {
            views.groupByKey()
                    .windowedBy(
                            TimeWindows.ofSizeAndGrace(
                                    Duration.ofMinutes(5), Duration.ofSeconds(30)))
                    .count(Materialized.windowed(VIEWS, Serdes.utf8(), Serdes.int64()));
        }
    }

    static final class Sessions {
        static final StoreRef<Windowed<String>, Long> VISITS = StoreRef.of("visits");

        void sessions(EventStream<String, String> clicks) {
            clicks.groupByKey()
                    .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(30)))
                    .count(Materialized.windowed(VISITS, Serdes.utf8(), Serdes.int64()));
        }
    }

    static final class Activities {
        record Activity(long events) {
            Activity() {
                this(0);
            }

            Activity with(Object event) {
                return new Activity(events + 1);
            }
        }

        static final Serde<Activity> ACTIVITY_SERDE = Serdes.record(Activity.class);

        static final StoreRef<Windowed<String>, Activity> ACTIVITY = StoreRef.of("activity");

        void windows(EventStream<String, Order> orders, EventStream<String, String> visits) {
            orders.groupByKey()
                    .<Activity>cogroup((id, order, activity) -> activity.with(order))
                    .cogroup(visits.groupByKey(), (id, visit, activity) -> activity.with(visit))
                    .windowedBy(
                            TimeWindows.ofSizeAndGrace(Duration.ofHours(1), Duration.ofMinutes(5)))
                    .aggregate(
                            Activity::new,
                            Materialized.windowed(ACTIVITY, Serdes.utf8(), ACTIVITY_SERDE));
        }
    }

    static final class Visits {
        record Visit(long events) {
            Visit() {
                this(0);
            }

            Visit with(Object event) {
                return new Visit(events + 1);
            }

            Visit and(Visit other) {
                return new Visit(events + other.events);
            }
        }

        static final Serde<Visit> VISIT = Serdes.record(Visit.class);

        static final StoreRef<Windowed<String>, Visit> VISITS = StoreRef.of("visits");

        void sessions(EventStream<String, String> clicks, EventStream<String, Order> orders) {
            clicks.groupByKey()
                    .<Visit>cogroup((id, click, visit) -> visit.with(click))
                    .cogroup(orders.groupByKey(), (id, order, visit) -> visit.with(order))
                    .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(30)))
                    .aggregate(
                            Visit::new,
                            (id, first, second) -> first.and(second),
                            Materialized.windowed(VISITS, Serdes.utf8(), VISIT));
        }
    }

    void streamsWithTables(EventStream<String, Order> orders, Table<String, Customer> customers) {
        orders.selectKey((order, event) -> event.customer())
                .join(customers, (order, customer) -> order.cents() * customer.discount());
        orders.selectKey((id, order) -> order.customer())
                .leftJoin(
                        customers,
                        (order, customer) ->
                                order.cents() * (customer == null ? 100 : customer.discount()));
        orders.join(customers, (order, customer) -> customer.name(), Joined.as("with-customers"));
        orders.join(
                customers,
                (id, order) -> order.customer(),
                (order, customer) -> order.cents() * customer.discount());
        orders.leftJoin(
                customers,
                (id, order) -> order.customer(),
                (order, customer) -> customer == null ? "unknown" : customer.name());
    }

    void streams(EventStream<String, Order> orders, EventStream<String, Payment> payments) {
        orders.join(
                payments,
                (order, payment) -> new PaidOrder(order, payment),
                JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofHours(1)),
                StreamJoined.with(StoreRef.of("paid-orders"), Serdes.utf8(), ORDER, PAYMENT));
        orders.leftJoin(
                payments,
                (order, payment) -> payment == null ? "open" : "paid",
                JoinWindows.ofTimeDifferenceAndGrace(Duration.ofDays(14), Duration.ofDays(1)),
                StreamJoined.with(StoreRef.of("open-orders"), Serdes.utf8(), ORDER, PAYMENT));
        orders.outerJoin(
                payments,
                (order, payment) ->
                        order == null ? "of no order" : payment == null ? "open" : "paid",
                JoinWindows.ofTimeDifferenceAndGrace(Duration.ofDays(14), Duration.ofDays(1)),
                StreamJoined.with(StoreRef.of("unmatched"), Serdes.utf8(), ORDER, PAYMENT));
    }

    void tables(Table<String, String> names, Table<String, String> cities) {
        Table<String, String> greetings = names.join(cities, (name, city) -> name + " of " + city);
        names.leftJoin(cities, (name, city) -> city == null ? name : name + " of " + city);
        names.outerJoin(
                cities, (name, city) -> name == null ? city : city == null ? name : name + city);
    }

    void foreignKeys(Table<String, Order> orders, Table<String, Customer> customers) {
        Table<String, Invoice> invoices =
                orders.join(
                        customers,
                        order -> order.customer(),
                        (order, customer) -> new Invoice(order.cents(), customer.address()),
                        Materialized.as(INVOICES, Serdes.utf8(), INVOICE));
        orders.join(
                customers,
                Order::customer,
                (order, customer) -> new Invoice(order.cents(), customer.address()),
                TableJoined.as("invoices"),
                Materialized.as(INVOICES, Serdes.utf8(), INVOICE));
    }

    void tableOfAStream(StreamsBuilder builder, EventStream<String, UserEvent> users) {
        users.mapValues(event -> event.region())
                .toTable(Materialized.as(REGIONS, Serdes.utf8(), Serdes.utf8()));
        Table<String, String> regions =
                builder.stream("users", Consumed.with(USER_EVENTS))
                        .mapValues(event -> event.region())
                        .toTable(Materialized.as(REGIONS, Serdes.utf8(), Serdes.utf8()));
        regions.groupBy(
                        (user, region) -> KeyValue.pair(region, user),
                        Grouped.with(Serdes.utf8(), Serdes.utf8()))
                .count(Materialized.as(USERS_IN));
    }

    void changes(Table<String, Long> revenue) {
        revenue.toStream()
                .filter((customer, cents) -> cents != null && cents > 1_000_000)
                .mapValues(cents -> new LargeCustomer(cents))
                .to("notices", Produced.with(NOTICES));
        revenue.filter((customer, cents) -> cents > 1_000_000, Materialized.as(LARGE));
        revenue.filterNot((customer, cents) -> cents == 0);
        revenue.mapValues(cents -> cents / 100);
        revenue.groupBy(
                        (customer, cents) -> KeyValue.pair(region(customer), cents),
                        Grouped.with(Serdes.utf8(), Serdes.int64()))
                .aggregate(
                        () -> 0L,
                        (region, cents, sum) -> sum + cents,
                        (region, cents, sum) -> sum - cents,
                        Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
    }

    static final class Pending {
        static final StoreRef<Windowed<String>, Long> PENDING = StoreRef.of("pending");

        void suppressed(Table<Windowed<String>, Long> perHour, Table<String, String> customers) {
            perHour.suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING)))
                    .toStream(); // the last count of each hour, once
            customers.suppress(
                    Suppressed.untilTimeLimit(
                            Duration.ofMinutes(5),
                            BufferConfig.maxRecords(10_000),
                            Materialized.as(WAITING)));
        }
    }

    void sinks(EventStream<String, Reading> readings, EventStream<String, Overheated> stream) {
        readings.filter((sensor, reading) -> reading.celsius() > 90)
                .mapValues(reading -> new Overheated(reading.celsius()))
                .to("alarms", Produced.with(ALARM_EVENTS));
        stream.to("alarms", Produced.with(ALARM_EVENTS).withName("alarms-sink"));
    }

    static final class FirstOrders implements Processor<String, Order, String, Order> {
        private ProcessorContext<String, Order> context;
        private KeyValueStore<String, Long> seen;

        @Override
        public void init(ProcessorContext<String, Order> context) {
            this.context = context;
            seen = context.store(SEEN);
        }

        @Override
        public void process(Record<String, Order> order) {
            if (seen.putIfAbsent(order.value().customer(), order.timestamp()).isEmpty()) {
                context.forward(order);
            }
        }
    }

    static final class Waiting implements FixedKeyProcessor<String, Order, Long> {
        private FixedKeyProcessorContext<String, Long> context;
        private KeyValueStore<String, Long> seen;

        @Override
        public void init(FixedKeyProcessorContext<String, Long> context) {
            this.context = context;
            seen = context.store(SEEN);
        }

        @Override
        public void process(FixedKeyRecord<String, Order> order) {
            seen.putIfAbsent(order.key(), order.timestamp());
            long since = seen.get(order.key()).orElseThrow();
            context.forward(order.withValue(order.timestamp() - since));
        }
    }

    record Rate(long cents) {
        long of(Order order) {
            return order.cents() * cents / 100;
        }
    }

    private static final StoreRef<String, Rate> RATES = StoreRef.of("rates");
    private static final Serde<Rate> RATE_SERDE = Serdes.record(Rate.class);

    static final StoreRef<Windowed<String>, Long> CLICKS = StoreRef.of("clicks");

    void stores(EventStream<String, Rate> changes, EventStream<String, Order> orders) {
        LOG.log(Level.INFO, Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        LOG.log(Level.INFO, Materialized.windowed(CLICKS, Serdes.utf8(), Serdes.int64()));
        Table<String, Rate> rates =
                changes.toTable(
                        Materialized.as(RATES, Serdes.utf8(), RATE_SERDE)
                                .versioned(Duration.ofDays(1)));
        orders.join(rates, (order, rate) -> rate.of(order));
        orders.join(
                rates,
                (order, rate) -> rate.of(order),
                Joined.withGracePeriod(
                        Duration.ofMinutes(5), StoreRef.of("waiting"), Serdes.utf8(), ORDER));
    }

    void processors(StreamsBuilder builder, EventStream<String, Order> orders) {
        builder.addStateStore(Materialized.as(SEEN, Serdes.utf8(), Serdes.int64()));
        builder.stream("orders", Consumed.with(ORDERS)).process(FirstOrders::new, SEEN);
        orders.processValues(Waiting::new, SEEN);
    }
}
