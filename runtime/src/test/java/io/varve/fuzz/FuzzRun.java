package io.varve.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Gives targets inputs of a {@link Mutator}: each is taken or refused, without taking more memory
 * than its length explains, and in the end it is.
 *
 * <p>As a program: {@code FuzzRun FOLDER INPUTS SEED TARGET...} prints a line for each target, and
 * ends with 3 where a promise is broken and with 4 where one does not come back. With {@code
 * -Dvarve.fuzz.keep=FOLDER} it writes a small corpus of what it met.
 */
final class FuzzRun {
    /** What decoding may take beside what the length of the input explains. */
    private static final long MOST_BYTES = 4 << 20;

    private static final long BYTES_PER_BYTE = 256;

    /** Time of the processor, not of the day: the machine may be busy with others. */
    private static final long MOST_NANOS = 20_000_000_000L;

    /** How often it is looked at how an input was answered. */
    private static final int LOOKS = 8;

    /** Targets that open files, so get fewer inputs. */
    private static final Set<String> SLOW =
            Set.of(
                    "import-cbor",
                    "import-lines",
                    "mark",
                    "pages",
                    "queries",
                    "snapshot-manifest",
                    "sync-file");

    private static final int SLOWER = 20;

    private static final int MOST_ANSWERS = 10_000;

    /** Most of a corpus that is to be kept. */
    private static final int CORPUS_BYTES = 2_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FuzzTarget target;
    private final Mutator mutator;

    /** The shortest input for each way in which one was answered. */
    private final Map<Integer, byte[]> answers = new HashMap<>();

    private volatile byte[] current = {};
    private volatile long inputs;
    private volatile boolean over;
    private long taken;
    private long mostBytes;

    FuzzRun(FuzzTarget target, List<byte[]> corpus, long seed) {
        this.target = target;
        this.mutator = new Mutator(corpus, seed);
        corpus.forEach(target::feed); // what it prepares at first, it takes memory for
    }

    /** Gives it so many inputs. */
    void run(long count) {
        while (inputs < count) {
            byte[] input = mutator.next();
            current = input;
            boolean looks = inputs % LOOKS == 0;
            Throwable refusal = feed(input);
            if (looks && answers.size() < MOST_ANSWERS) {
                look(input, refusal);
            }
            inputs++;
        }
    }

    private void look(byte[] input, Throwable refusal) {
        int answer = answer(refusal, input.length);
        byte[] before = answers.get(answer);
        if (before == null) {
            mutator.keep(input);
        }
        if (before == null || input.length < before.length) {
            answers.put(answer, input);
        }
    }

    /** Lines for the file of a corpus: short inputs that are answered differently. */
    private List<String> lines() throws Exception {
        List<byte[]> shortest = new ArrayList<>(answers.values());
        shortest.sort(
                Comparator.<byte[]>comparingInt(input -> input.length)
                        .thenComparing(Arrays::compare));
        List<String> lines = new ArrayList<>();
        int room = CORPUS_BYTES;
        for (byte[] input : shortest) {
            String line = FuzzTargets.packed(input);
            room -= line.length() + 1;
            if (room < 0) {
                break;
            }
            lines.add(line);
        }
        return lines;
    }

    /** Gives it one input; what refused it, or null. */
    Throwable feed(byte[] input) {
        Fed fed = fed(input);
        if (fed.isTooMuch(input)) {
            fed = fed(input); // the first time may have loaded classes, which fuzzers rewrite
        }
        mostBytes = Math.max(mostBytes, fed.bytes());
        if (fed.isTooMuch(input)) {
            throw new FuzzFailure(target, input, "took bytes of memory: " + fed.bytes());
        }
        taken += fed.refusal() == null ? 1 : 0;
        return fed.refusal();
    }

    private record Fed(Throwable refusal, long bytes) {
        boolean isTooMuch(byte[] input) {
            return bytes > MOST_BYTES + BYTES_PER_BYTE * input.length;
        }
    }

    private Fed fed(byte[] input) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Throwable refusal = target.feed(input);
        return new Fed(refusal, THREADS.getCurrentThreadAllocatedBytes() - before);
    }

    long taken() {
        return taken;
    }

    /** Two that are answered alike have the same; by where it was refused, or by its length. */
    private static int answer(Throwable refusal, int length) {
        if (refusal == null) {
            return Integer.numberOfLeadingZeros(length);
        }
        Throwable root = refusal.getCause() == null ? refusal : refusal.getCause();
        int hash = root.getClass().hashCode();
        StackTraceElement[] lines = root.getStackTrace();
        for (int i = 0; i < Math.min(6, lines.length); i++) {
            hash = 31 * hash + lines[i].hashCode();
        }
        return hash;
    }

    private String told(long nanos) {
        return String.format(
                Locale.ROOT,
                "target=%s inputs=%d taken=%d inputs/s=%d most-bytes=%d answers=%d",
                target.name(),
                inputs,
                taken,
                nanos == 0 ? 0 : Math.round(inputs * 1e9 / nanos),
                mostBytes,
                answers.size());
    }

    /** Ends the process if one input takes for ever, and says which. */
    private void watch(Thread worker) {
        Thread watch =
                new Thread(
                        () -> {
                            long seen = -1;
                            long since = 0;
                            while (!over) {
                                long now = THREADS.getThreadCpuTime(worker.getId());
                                if (inputs != seen) {
                                    seen = inputs;
                                    since = now;
                                } else if (now - since > MOST_NANOS) {
                                    hangs(worker);
                                }
                                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000L);
                            }
                        },
                        "watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void hangs(Thread worker) {
        System.out.println(
                "hangs: target=" + target.name() + " input=" + FuzzFailure.text(current));
        for (StackTraceElement line : worker.getStackTrace()) {
            System.out.println("  at " + line);
        }
        System.out.flush();
        Runtime.getRuntime().halt(4);
    }

    public static void main(String[] arguments) throws Exception {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        long count = Long.parseLong(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        List<String> names = List.of(arguments).subList(3, arguments.length);
        for (FuzzTarget target : FuzzTargets.all(folder)) {
            if (names.isEmpty() || names.contains(target.name())) {
                run(target, count, seed);
            }
        }
        System.out.println("done");
    }

    private static void run(FuzzTarget target, long inputs, long seed) throws Exception {
        long count = SLOW.contains(target.name()) ? Math.max(1, inputs / SLOWER) : inputs;
        FuzzRun run = new FuzzRun(target, FuzzTargets.corpus(target), seed);
        run.watch(Thread.currentThread());
        long begin = THREADS.getCurrentThreadCpuTime();
        try {
            run.run(count);
        } catch (FuzzFailure e) {
            System.out.println("seed=" + seed + " " + run.told(0));
            System.out.println(e.getMessage());
            for (StackTraceElement line :
                    e.getCause() == null ? e.getStackTrace() : e.getCause().getStackTrace()) {
                System.out.println("  at " + line);
            }
            System.out.flush();
            Runtime.getRuntime().halt(3);
        }
        System.out.println(run.told(THREADS.getCurrentThreadCpuTime() - begin));
        run.over = true;
        String keep = System.getProperty("varve.fuzz.keep");
        if (keep != null) {
            Files.write(Path.of(keep).resolve(target.name() + ".txt"), run.lines());
        }
        System.out.flush();
    }
}
