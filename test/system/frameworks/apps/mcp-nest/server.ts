import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mcp } from './mcp.js';
import { WeatherController } from './weather.controller.js';

const { PORT } = process.env;

@Module({ controllers: [WeatherController] })
class AppModule {}

if (PORT === undefined) {
  const app = await NestFactory.createMicroservice(AppModule, { strategy: mcp, logger: false });
  await app.listen();
} else {
  const app = await NestFactory.create(AppModule, { logger: false });
  mcp.setHttpAdapter(app.getHttpAdapter());
  app.connectMicroservice({ strategy: mcp });
  await app.startAllMicroservices();
  await app.listen(Number(PORT), '127.0.0.1');
}
