package io.varve.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Views of several projections at one and the same position: what one shows, the others show too.
 *
 * <p>As with one {@link ReadView}: it belongs to one thread at a time, and is to be closed soon.
 */
public final class ReadViews implements AutoCloseable {
    private final long position;
    private final Map<String, ReadView> views;

    ReadViews(long position, Map<String, ReadView> views) {
        this.position = position;
        this.views = new LinkedHashMap<>(views);
    }

    /**
     * The position of the last event that all of them have applied.
     *
     * @return -1 if none was
     */
    public long position() {
        return position;
    }

    /**
     * The names of the projections.
     *
     * @return in the order in which they were asked for
     */
    public Set<String> projections() {
        return Collections.unmodifiableSet(views.keySet());
    }

    /**
     * The view of a projection. It is closed with the others.
     *
     * @param projection one of those that were asked for
     * @return its view
     */
    public ReadView view(String projection) {
        ReadView view = views.get(projection);
        if (view == null) {
            throw new IllegalArgumentException(
                    "No view of this projection; name it when the views are opened: projection="
                            + projection
                            + " known="
                            + views.keySet());
        }
        return view;
    }

    /** Closes all views. Closing twice does nothing. */
    @Override
    public void close() {
        views.values().forEach(ReadView::close);
    }
}
