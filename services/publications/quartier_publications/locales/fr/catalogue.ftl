### Le flux de ce qui a été publié.

feed-title = Jeux de données publiés par { $city }
feed-entry = { $title }, version { $number }
