package io.varve.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The names of files and folders: as they are, as they are on the disk for certain, and what was
 * made, renamed and removed in between. Entries of a folder are on the disk when it was synced.
 */
final class CrashNames {
    /** A change of names, in one folder or from one to another. */
    private record Change(long call, long from, String old, long to, String fresh, long inode) {
        boolean isOf(long folder) {
            return from == folder || to == folder;
        }
    }

    /** How much of what is not on the disk for certain is there. */
    interface Reached {
        /** Whether a change was reached that was made by a call in a folder. */
        boolean is(long folder, long call);
    }

    private final long root;
    private final Map<Long, Map<String, Long>> now = new HashMap<>();
    private final Map<Long, Map<String, Long>> synced = new HashMap<>();
    private final List<Change> pending = new ArrayList<>();

    private Optional<Map<String, Long>> known = Optional.empty();

    /** Behind it nothing is missing, where names come to the disk in their order. */
    private long inOrder;

    /** Of a folder that is there and empty. */
    CrashNames(long root) {
        this.root = root;
        folder(root);
    }

    private void folder(long inode) {
        now.put(inode, new TreeMap<>());
        synced.put(inode, new TreeMap<>());
    }

    void make(long call, String path, long inode, boolean folder) {
        if (folder) {
            folder(inode);
        }
        change(new Change(call, 0, "", parent(path), name(path), inode));
    }

    void rename(long call, String from, String to) {
        change(new Change(call, parent(from), name(from), parent(to), name(to), find(from)));
    }

    void remove(long call, String path) {
        change(new Change(call, parent(path), name(path), 0, "", find(path)));
    }

    void link(long call, String path, long inode) {
        change(new Change(call, 0, "", parent(path), name(path), inode));
    }

    private void change(Change change) {
        known = Optional.empty();
        apply(change, now);
        pending.add(change);
    }

    private static void apply(Change change, Map<Long, Map<String, Long>> names) {
        if (change.from() != 0) {
            Long moved = names.get(change.from()).get(change.old());
            if (moved == null || moved != change.inode()) {
                return; // what it was about is not there
            }
            names.get(change.from()).remove(change.old());
        }
        if (change.to() != 0) {
            names.get(change.to()).put(change.fresh(), change.inode());
        }
    }

    /** All changes of a folder are on the disk. */
    void sync(long folder) {
        settle(change -> change.isOf(folder));
    }

    /** Whether it is a folder, which is synced for its names. */
    boolean isFolder(long inode) {
        return now.containsKey(inode);
    }

    private void settle(Predicate<Change> which) {
        List<Change> left = new ArrayList<>();
        for (Change change : pending) {
            if (which.test(change)) {
                apply(change, synced);
                inOrder = Math.max(inOrder, change.call());
            } else {
                left.add(change);
            }
        }
        pending.clear();
        pending.addAll(left);
    }

    /** Calls whose changes may be on the disk or not, in their order. */
    List<Long> pending() {
        return pending.stream().map(Change::call).toList();
    }

    /** Folders of which changes may be on the disk or not. */
    List<Long> pendingFolders() {
        return pending.stream()
                .flatMap(change -> Stream.of(change.from(), change.to()))
                .filter(folder -> folder != 0)
                .distinct()
                .toList();
    }

    /** The first call up to which names are on the disk, where they come to it in their order. */
    long inOrder() {
        return inOrder;
    }

    /** Inodes by path, that of a folder with a slash behind: as they are now. */
    Map<String, Long> now() {
        if (known.isEmpty()) {
            known = Optional.of(paths(now));
        }
        return known.get();
    }

    /** The same as it may be on the disk. */
    Map<String, Long> image(Reached reached) {
        if (pending.isEmpty()) {
            return now();
        }
        Map<Long, Map<String, Long>> names = new HashMap<>();
        synced.forEach((folder, entries) -> names.put(folder, new TreeMap<>(entries)));
        for (Change change : pending) {
            boolean is =
                    (change.from() == 0 || reached.is(change.from(), change.call()))
                            && (change.to() == 0 || reached.is(change.to(), change.call()));
            if (is) {
                apply(change, names);
            }
        }
        return paths(names);
    }

    private Map<String, Long> paths(Map<Long, Map<String, Long>> names) {
        Map<String, Long> paths = new TreeMap<>();
        collect(names, root, "", paths);
        return paths;
    }

    private static void collect(
            Map<Long, Map<String, Long>> names, long folder, String path, Map<String, Long> paths) {
        names.get(folder)
                .forEach(
                        (name, inode) -> {
                            if (names.containsKey(inode)) {
                                paths.put(path + name + "/", inode);
                                collect(names, inode, path + name + "/", paths);
                            } else {
                                paths.put(path + name, inode);
                            }
                        });
    }

    private long parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? root : find(path.substring(0, slash));
    }

    /** A path of a file as it is now; empty if it has none. */
    String path(long inode) {
        return now().entrySet().stream()
                .filter(one -> one.getValue() == inode && !one.getKey().endsWith("/"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The inode of a path as it is now. */
    long find(String path) {
        long inode = root;
        for (String name : path.split("/")) {
            inode = now.get(inode).get(name);
        }
        return inode;
    }
}
