### The feed of what was published.

feed-title = Datasets published by { $city }
feed-entry = { $title }, version { $number }
