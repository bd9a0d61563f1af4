package io.varve.projections;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What there is to be kept of each store, in lines that another topology can be compared with:
 *
 * <pre>
 *   store NAME: table TABLE                      each of its tables
 *   store NAME: TABLE key=SERDE                  and value, index NAME; "time and value" where rows
 *                                                keep their times
 *   store NAME: index NAME of many keys          where a row has several
 *   store NAME: ttl=DURATION
 *   store NAME: history=DURATION                 of a versioned one
 *   store NAME: time windows size=… advance=…    which windows its rows are of
 *   store NAME: left of [CATEGORY, …]            what a node reads that keeps something in it under
 *                                                its side, or its number
 *   store sinks/outbox: table sinks/outbox       where it emits
 * </pre>
 *
 * @param lines by name of the store, in no order of meaning
 */
record StoreLayout(Map<String, List<String>> lines) {
    /** Before the number of a group. */
    static final String COGROUP = "cogroup ";

    private static final String STORE = "store ";
    private static final String TABLE = "table ";
    private static final String END = ": ";

    /** Behind what is fed, and before what that reads. */
    static final String FEED = " of [";

    private static final Pattern FEED_LINE =
            Pattern.compile("(left|right|" + COGROUP + "[0-9]+)" + " of \\[(.*)\\]");
    private static final int DIGITS = 12;

    static String describe(Topology topology, Map<String, List<String>> notes) {
        StringBuilder text = new StringBuilder();
        Map<String, List<StoreDefinition<?, ?>>> byStore = new LinkedHashMap<>();
        for (StoreDefinition<?, ?> one : topology.definitions()) {
            byStore.computeIfAbsent(one.ref().name(), name -> new ArrayList<>()).add(one);
        }
        byStore.forEach(
                (name, parts) -> {
                    parts.forEach(part -> describe(part, text));
                    notes.getOrDefault(name, List.of()).forEach(note -> line(name, note, text));
                });
        if (!topology.sinks().isEmpty()) {
            line(Outbox.TABLE, TABLE + Outbox.TABLE, text);
        }
        return text.toString();
    }

    private static void describe(StoreDefinition<?, ?> part, StringBuilder text) {
        String store = part.ref().name();
        part.tables().forEach(table -> line(store, TABLE + table, text));
        StringBuilder serdes = new StringBuilder();
        part.describeSerdes(serdes);
        serdes.toString().lines().forEach(one -> line(store, one.substring(STORE.length()), text));
        part.indexes().stream()
                .filter(index -> !index.hasOneKey())
                .forEach(index -> line(store, "index " + index.name() + " of many keys", text));
        part.ttl().ifPresent(ttl -> line(store, "ttl=" + ttl, text));
        part.kind().history().ifPresent(time -> line(store, "history=" + time, text));
    }

    private static void line(String store, String what, StringBuilder text) {
        text.append(STORE).append(store).append(END).append(what).append('\n');
    }

    /** Reads what was described. */
    static StoreLayout of(String text) {
        Map<String, List<String>> found = new TreeMap<>();
        for (String line : text.lines().toList()) {
            int end = line.indexOf(END);
            found.computeIfAbsent(line.substring(STORE.length(), end), name -> new ArrayList<>())
                    .add(line.substring(end + END.length()));
        }
        return new StoreLayout(found);
    }

    /** All tables of a store. */
    List<String> tables(String store) {
        return lines.get(store).stream()
                .filter(line -> line.startsWith(TABLE))
                .map(line -> line.substring(TABLE.length()))
                .toList();
    }

    /** In what a store is another there; empty if that can go on with its rows. */
    Optional<String> difference(StoreLayout other, String store) {
        List<String> gone = without(lines.get(store), other.lines.get(store));
        List<String> come = without(other.lines.get(store), lines.get(store));
        dropSameFeeds(gone, come);
        return gone.isEmpty() && come.isEmpty()
                ? Optional.empty()
                : Optional.of("store=" + store + " was=" + gone + " is=" + come);
    }

    private static List<String> without(List<String> lines, List<String> others) {
        List<String> left = new ArrayList<>(lines);
        left.removeAll(others);
        Collections.sort(left);
        return left;
    }

    /** A node may read more than before, or less; a last group may come or go. */
    private static void dropSameFeeds(List<String> gone, List<String> come) {
        Map<String, Set<String>> was = takeFeeds(gone);
        Map<String, Set<String>> is = takeFeeds(come);
        was.forEach((part, read) -> addFeed(part, read, is.get(part), gone));
        is.forEach((part, read) -> addFeed(part, read, was.get(part), come));
    }

    private static void addFeed(
            String part, Set<String> read, Set<String> others, List<String> lines) {
        boolean same =
                others == null
                        ? part.startsWith(COGROUP)
                        : read.containsAll(others) || others.containsAll(read);
        if (!same) {
            lines.add(part + FEED + String.join(", ", new TreeSet<>(read)) + "]");
        }
    }

    private static Map<String, Set<String>> takeFeeds(List<String> lines) {
        Map<String, Set<String>> feeds = new TreeMap<>();
        for (String line : List.copyOf(lines)) {
            Matcher feed = FEED_LINE.matcher(line);
            if (feed.matches()) {
                feeds.put(feed.group(1), Set.of(feed.group(2).split(", ")));
                lines.remove(line);
            }
        }
        return feeds;
    }

    static String fingerprint(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] sum = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
