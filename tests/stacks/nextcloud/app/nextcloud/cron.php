<?php
require __DIR__ . '/lib.php';
setting(database(), 'core', 'lastcron', (string) time());
