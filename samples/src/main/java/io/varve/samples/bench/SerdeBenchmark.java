package io.varve.samples.bench;

import io.varve.samples.terminal.Arguments;
import io.varve.samples.terminal.Screen;
import io.varve.samples.terminal.UsageException;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Measures what it takes to turn orders into bytes and back: as JSON, in the record format, with a
 * serde that was written by hand, and with a flyweight, which reads the same bytes without an
 * object. The ways take turns, round by round, so that what else the machine does hits all alike,
 * and the time is that of the processor; a line has the median, and how far the rounds lie apart.
 */
public final class SerdeBenchmark {
    /** What it understands. */
    public static final String USAGE =
            """
              bench serde        measures serdes: nanoseconds to write and to read an order
                --repeat R       rounds that count (default: 7)
                --warmup W       rounds before them that do not (default: 5)
                --passes P       times that a round goes through 1,024 orders (default: 400)
            """;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int VALUES = 1024;
    private static final int SEED = 42;
    private static final long MOST = 1_000_000;
    private static final String RECORD = "record";
    private static final String TIMES = "times_json";

    /** How many times as fast as JSON the record format is to be. */
    private static final double TIMES_JSON = 5;

    private final Screen screen;
    private final int repeat;
    private final int warmup;
    private final int passes;
    private final OrderPlaced[] orders = orders();
    private final BytesWriter out = new BytesWriter();
    private final BytesView in = new BytesView();
    private final OrderView view = new OrderView();

    /** One way to write or to read, what it must add up to, and its figures. */
    private record Way(
            String codec,
            String work,
            double bytes,
            LongSupplier pass,
            long sum,
            List<Double> nanos) {}

    /**
     * A benchmark that has not run.
     *
     * @param arguments see {@link #USAGE}
     * @param screen where to print
     */
    public SerdeBenchmark(List<String> arguments, Screen screen) {
        Arguments options =
                Arguments.parse(arguments, Set.of(), Set.of("--repeat", "--warmup", "--passes"));
        this.screen = screen;
        this.repeat = number(options, "--repeat", 7);
        this.warmup = number(options, "--warmup", 5);
        this.passes = number(options, "--passes", 400);
    }

    private static int number(Arguments options, String name, int absent) {
        long value = options.number(name).orElse(absent);
        if (value < 1 || value > MOST) {
            throw new UsageException(name + " is 1 to " + MOST + ", not " + value);
        }
        return (int) value;
    }

    private static OrderPlaced[] orders() {
        Random random = new Random(SEED);
        OrderPlaced[] orders = new OrderPlaced[VALUES];
        for (int i = 0; i < VALUES; i++) {
            orders[i] =
                    new OrderPlaced(
                            random.nextInt(Integer.MAX_VALUE),
                            "Product-" + random.nextInt(1_000_000),
                            1 + random.nextInt(100),
                            random.nextInt(10_000_000));
        }
        return orders;
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if everything read was what was written, 1 if not
     */
    public int run() {
        Map<String, Serde<OrderPlaced>> serdes = new LinkedHashMap<>();
        serdes.put("json", Serdes.json(OrderPlaced.class));
        serdes.put(RECORD, Serdes.record(OrderPlaced.class));
        serdes.put("by-hand", new BinaryOrders());
        List<Way> ways = new ArrayList<>();
        boolean right = true;
        for (Map.Entry<String, Serde<OrderPlaced>> one : serdes.entrySet()) {
            byte[][] encoded = encoded(one.getValue());
            right &= isRead(one.getValue(), encoded);
            addWays(one.getKey(), one.getValue(), encoded, ways);
        }
        for (int round = -warmup; round < repeat; round++) {
            screen.progress().println("round " + (round + warmup + 1) + " of " + (warmup + repeat));
            for (Way way : ways) {
                right &= measure(way, round >= 0);
            }
        }
        print(ways, right);
        return right ? 0 : 1;
    }

    private byte[][] encoded(Serde<OrderPlaced> serde) {
        byte[][] encoded = new byte[VALUES][];
        for (int i = 0; i < VALUES; i++) {
            serde.serialize(orders[i], out.reset());
            encoded[i] = out.toByteArray();
        }
        return encoded;
    }

    private boolean isRead(Serde<OrderPlaced> serde, byte[][] encoded) {
        boolean right = true;
        for (int i = 0; i < VALUES; i++) {
            right &= orders[i].equals(serde.deserialize(BytesView.of(encoded[i])));
        }
        return right;
    }

    private void addWays(String codec, Serde<OrderPlaced> serde, byte[][] encoded, List<Way> ways) {
        long length = 0;
        long fields = 0;
        for (int i = 0; i < VALUES; i++) {
            length += encoded[i].length;
            fields += sum(orders[i].orderId(), orders[i].quantity(), orders[i].amount());
            fields += orders[i].product().length();
        }
        double bytes = (double) length / VALUES;
        ways.add(new Way(codec, "write", bytes, () -> write(serde), length, new ArrayList<>()));
        ways.add(
                new Way(
                        codec,
                        "read",
                        bytes,
                        () -> read(serde, encoded),
                        fields,
                        new ArrayList<>()));
        if (serde instanceof BinaryOrders) {
            ways.add(
                    new Way(
                            "flyweight",
                            "read",
                            bytes,
                            () -> readInPlace(encoded),
                            fields,
                            new ArrayList<>()));
        }
    }

    private static long sum(long orderId, int quantity, long amount) {
        return orderId + quantity + amount;
    }

    private long write(Serde<OrderPlaced> serde) {
        long length = 0;
        for (OrderPlaced order : orders) {
            serde.serialize(order, out.reset());
            length += out.size();
        }
        return length;
    }

    private long read(Serde<OrderPlaced> serde, byte[][] encoded) {
        long sum = 0;
        for (byte[] bytes : encoded) {
            OrderPlaced order = serde.deserialize(in.wrap(bytes, 0, bytes.length));
            sum += sum(order.orderId(), order.quantity(), order.amount());
            sum += order.product().length();
        }
        return sum;
    }

    private long readInPlace(byte[][] encoded) {
        long sum = 0;
        for (byte[] bytes : encoded) {
            view.wrap(in.wrap(bytes, 0, bytes.length));
            sum += sum(view.orderId(), view.quantity(), view.amount()) + view.productLength();
        }
        return sum;
    }

    private boolean measure(Way way, boolean counts) {
        boolean right = true;
        long startedAt = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < passes; i++) {
            right &= way.pass().getAsLong() == way.sum();
        }
        double nanos = (double) (THREADS.getCurrentThreadCpuTime() - startedAt) / passes / VALUES;
        if (counts) {
            way.nanos().add(nanos);
        }
        return right;
    }

    private void print(List<Way> ways, boolean right) {
        Map<String, Double> json = new LinkedHashMap<>();
        List<ResultLine> lines = ways.stream().map(way -> line(way, json, right)).toList();
        lines.forEach(screen.out()::println);
        targets().stream()
                .map(target -> target.hold(List.of(lines)))
                .flatMap(Optional::stream)
                .forEach(screen.out()::println);
    }

    private ResultLine line(Way way, Map<String, Double> json, boolean right) {
        Spread nanos = Spread.of(way.nanos(), Double::doubleValue);
        json.putIfAbsent(way.work(), nanos.median());
        return ResultLine.of(way.codec(), way.work())
                .with("event", "OrderPlaced")
                .with("payload_avg", way.bytes(), 1)
                .with("cpu_ns/op", nanos, 1)
                .with(TIMES, json.get(way.work()) / nanos.median(), 1)
                .with("rounds", repeat)
                .with("machine", Machine.describe())
                .checked(right);
    }

    private static List<Target> targets() {
        return List.of(
                Target.atLeast(TIMES_JSON, ResultLine.of(RECORD, "write"), TIMES),
                Target.atLeast(TIMES_JSON, ResultLine.of(RECORD, "read"), TIMES));
    }
}
